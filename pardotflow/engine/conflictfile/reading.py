"""A file that somebody filled in, into entries: strictly, with the place of everything that cannot be used.

What a spreadsheet does to a file by saving it is allowed for: the separator of its country, line ends, apostrophes that
it took away. Words are read in any case; nothing else is guessed.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pardotflow.config.document import parse_document
from pardotflow.config.findings import Findings, suggest
from pardotflow.config.nodes import ListNode, MapNode, Node, Scalar
from pardotflow.core.span import Span
from pardotflow.engine.conflictfile.entry import COLUMNS, DECISION, KEYS, SIDES, WORDS, Entry
from pardotflow.engine.conflictfile.writing import CSV_MARK, bare

_AGAIN = "Write the file anew: pardotflow conflicts --out FILE"
_HEAD = ("environment", "conflicts")
_DECISION_TITLE = re.compile(rf"{DECISION}( *\(.*\))?")


def read_yaml(text: str, file: str, environment: str, findings: Findings) -> list[Entry]:
    """The entries of a YAML file of this environment."""
    root = parse_document(text, file, findings)
    if root is None:
        return []
    _check_keys(root, _HEAD, _HEAD, findings)
    written = root.scalar("environment")
    if written:
        _check_environment(written.text, environment, written.span, findings)
    listed = root.entry("conflicts")
    if listed and not isinstance(listed.value, ListNode):
        findings.error("PF221", '"conflicts" must be a list of entries', listed.value.span, _AGAIN)
    found = []
    for item in root.items("conflicts"):
        if isinstance(item, MapNode):
            found.append(_yaml_entry(item, findings))
        else:
            findings.error("PF221", "an entry must have keys and values", item.span, _AGAIN)
    return _once([e for e in found if e], findings)


def _check_keys(node: MapNode, known: Iterable[str], needed: Iterable[str], findings: Findings) -> bool:
    known, missing = tuple(known), [k for k in needed if node.entry(k) is None]
    for key in missing:
        findings.error("PF221", f'the key "{key}" is missing', node.span, _AGAIN)
    unknown = [e.key for e in node.entries if e.key.text not in known]
    for key_node in unknown:
        findings.error("PF221", f'unknown key "{key_node.text}"', key_node.span, suggest(key_node.text, known))
    return not missing and not unknown


def _yaml_entry(node: MapNode, findings: Findings) -> Entry | None:
    known = (*(c for c in COLUMNS if c != "environment"), DECISION)
    if not _check_keys(node, known, (*KEYS, *SIDES, DECISION), findings):
        return None
    wrong = [e for e in node.entries if not isinstance(e.value, Scalar)]
    for entry in wrong:
        findings.error("PF221", f'"{entry.key.text}" must be one value', entry.value.span, _AGAIN)
    if wrong:
        return None
    texts = {e.key.text: _text(e.value) for e in node.entries}
    decided = node.entry(DECISION)
    return _entry(texts, decided.value.span if decided else node.span, findings, starts=node.span)


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) and not node.is_null else ""


def read_csv(text: str, file: str, environment: str, findings: Findings) -> list[Entry]:
    """The entries of a CSV file of this environment."""
    text = text.removeprefix(CSV_MARK)
    rows = _rows(text, file, findings)
    first = next(rows, None)
    if first is None:
        findings.error("PF221", "the file is empty", Span(file=file, line=1), _AGAIN)
        return []
    # The column that is filled in says in its title how; anybody may shorten it.
    titles = [DECISION if _DECISION_TITLE.fullmatch(title) else title for title in (t.strip() for t in first[1])]
    missing = [c for c in (DECISION, *KEYS, *SIDES, "environment") if c not in titles]
    unknown = [t for t in titles if t not in (DECISION, *COLUMNS)]
    twice = [t for t, count in Counter(titles).items() if count > 1]
    for words, columns in (("are missing", missing), ("are not known", unknown), ("stand there twice", twice)):
        if columns:
            findings.error("PF221", f"columns {words}: {', '.join(columns)}", first[0], _AGAIN)
    if missing or unknown or twice:
        return []
    found = []
    for span, cells in rows:
        if len(cells) != len(titles):
            message = f"this line has {len(cells)} cells, and there are {len(titles)} columns"
            findings.error("PF221", message, span, _AGAIN)
        elif any(cells):
            texts = {title: bare(cell) for title, cell in zip(titles, cells, strict=True)}
            _check_environment(texts["environment"], environment, span, findings)
            found.append(_entry(texts, span, findings, starts=span))
    return _once([e for e in found if e], findings)


def _rows(text: str, file: str, findings: Findings) -> Iterator[tuple[Span, list[str]]]:
    """Every line of cells with its place; a value may go over several lines of the file."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield Span(file=file, line=line), cells
            line = reader.line_num + 1
    except csv.Error as trouble:
        findings.error("PF221", f"this is not CSV: {trouble}", Span(file=file, line=line), _AGAIN)


def _separator(text: str) -> str:
    """What stands between the last two columns of the first line, where nothing is quoted."""
    head = text.partition("\n")[0]
    return max(",;\t", key=lambda sign: head.count(f"{sign}counterpart"))


def _check_environment(written: str, environment: str, span: Span, findings: Findings) -> None:
    if written != environment:
        message = f'the conflicts are of the environment "{written}", and this is "{environment}"'
        findings.error("PF221", message, span, "Choose the environment with --env.")


def _entry(texts: Mapping[str, str], decided: Span, findings: Findings, *, starts: Span) -> Entry | None:
    word = texts[DECISION].strip().lower()
    if word and word not in WORDS:
        help = suggest(word, WORDS, "Decisions") or f"Decisions: {', '.join(WORDS)}."
        findings.error("PF222", f'"{texts[DECISION].strip()}" is not a decision', decided, help)
        return None
    return Entry(
        key=tuple(texts[key].strip() for key in KEYS),
        values=(_lines(texts[SIDES[0]]), _lines(texts[SIDES[1]])),
        decision=word,
        span=replace(starts, length=1),
    )


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _once(entries: list[Entry], findings: Findings) -> list[Entry]:
    """Each conflict once; two decisions about one that differ are an error."""
    found: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        first = found.setdefault(entry.key, entry)
        if first.decision != entry.decision and first.decision and entry.decision:
            message = (
                f"this conflict is decided twice: {first.decision} on line {first.span.line}, {entry.decision} here"
            )
            findings.error("PF223", message, entry.span, "Keep one of the two.")
        elif entry.decision:
            found[entry.key] = entry
    return list(found.values())
