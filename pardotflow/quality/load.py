"""`tests/NAME.yml`, read as strictly as every other file of a project; values stand as they are, without templates."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from pardotflow.config.files import list_files, read_document, relative
from pardotflow.config.findings import Findings
from pardotflow.config.nodes import ListNode, MapNode, Scalar
from pardotflow.config.schemas import is_valid
from pardotflow.core.span import Span
from pardotflow.core.values import System
from pardotflow.quality.cases import Case, CaseFile, Expectation, Row, Values, WrittenBase

FOLDER = "tests"
NONE = "none"


def load_tests(root: Path, files: Sequence[Path], findings: Findings) -> tuple[CaseFile, ...]:
    """The files that are named, or all of the tests folder; what is wrong is reported, and a file or a
    case with errors is left out."""
    paths = files or list_files(root, FOLDER, ".yml", findings)
    trees = ((path, read_document(path, root, findings)) for path in paths)
    found = (build_tests(tree, relative(path, root), findings) for path, tree in trees if tree)
    return tuple(file for file in found if file)


def build_tests(tree: MapNode, file: str, findings: Findings) -> CaseFile | None:
    """The cases of a tree; None where it does not follow the test schema."""
    return _file(tree, file, findings) if is_valid(tree, "test", findings) else None


def _file(node: MapNode, file: str, findings: Findings) -> CaseFile:
    cases = tuple(_case(item) for item in node.mappings("cases"))
    _report_repeated(cases, findings)
    good = tuple(case for case in cases if _has_sense(case, findings))
    return CaseFile(file=file, sync=node.text("tests"), cases=good, span=node.span, spans=node.spans())


def _system(node: MapNode, key: str) -> System | None:
    written = node.scalar(key)
    return System(written.text) if written else None


def _case(node: MapNode) -> Case:
    return Case(
        name=node.text("case"),
        rows=_rows(node),
        base={e.key.text: _base(e.value) for e in node.mapping("base").entries},
        times={System(k.text): v.text for k, v in node.mapping("times").scalars()},
        is_linked=node.flag("linked", default=True),
        deleted=_system(node, "deleted"),
        only=tuple(_texts(node.items("only"))),
        expect=_expectation(node.mapping("expect")),
        span=node.span,
        spans=node.spans(),
    )


def _texts(items: Iterable[object]) -> list[str]:
    return [i.text for i in items if isinstance(i, Scalar)]


def _rows(node: MapNode) -> dict[System, Row]:
    return {s: _row(value) for s in System if isinstance(value := node.get(s), MapNode)}


def _row(node: MapNode) -> Row:
    return Row(
        object=node.text("object"),
        values=_values(node.without("object")),
        keys=_key_spans(node),
        span=node.span,
        spans=node.spans(),
    )


def _key_spans(node: MapNode) -> dict[str, Span]:
    return {e.key.text: e.key.span for e in node.entries}


def _values(node: MapNode) -> Values:
    return {key.text: _value(value) for key, value in node.scalars()}


def _value(scalar: Scalar) -> str | None:
    return None if scalar.is_null or not scalar.text else scalar.text


def _base(node: MapNode | ListNode | Scalar) -> WrittenBase:
    if not isinstance(node, MapNode):
        both = _value(node) if isinstance(node, Scalar) else None
        return WrittenBase(by_system={}, both=both, is_same=True, is_changed=False, span=node.span)
    values = _values(node.without("mapping"))
    is_changed = node.get("mapping") is not None
    return WrittenBase(by_system=values, both=None, is_same=False, is_changed=is_changed, span=node.span)


def _expectation(node: MapNode) -> Expectation:
    held = node.get("held")
    conflicts = node.get("conflicts")
    inside = {f"{key}.{k}": s for key in ("conflicts", "held") for k, s in _key_spans(node.mapping(key)).items()}
    skipped, match = node.scalar("skipped"), node.scalar("match")
    return Expectation(
        changes=_rows(node),
        create=_system(node, "create"),
        delete=_system(node, "delete"),
        conflicts=None if conflicts is None else _values(node.mapping("conflicts")),
        held=held.text if isinstance(held, Scalar) else None if held is None else _values(node.mapping("held")),
        skipped=skipped.text if skipped else None,
        match=match.text if match else None,
        keys=inside,
        span=node.span,
        spans=node.spans(),
    )


def _report_repeated(cases: Sequence[Case], findings: Findings) -> None:
    first: dict[str, Case] = {}
    for case in cases:
        if case.name in first:
            help = f"The one on line {first[case.name].span.line} has it already; say what is different here."
            findings.error("PF186", f'two cases are named "{case.name}"', case.at("case"), help)
        first.setdefault(case.name, case)


def _has_sense(case: Case, findings: Findings) -> bool:
    own = Findings()
    _check_form(case, own)
    for diagnostic in own.diagnostics:
        findings.add(diagnostic)
    return not own.has_errors


def _check_form(case: Case, findings: Findings) -> None:
    """What a case says twice, or in vain."""
    if not case.rows:
        findings.error("PF186", "the case has no record", case.span, "Write one side's record, or both sides'.")
        return
    has_pair = len(case.rows) == 2
    if len(case.rows) > 2:
        findings.error("PF186", "a case has a record of two sides at most", case.span, "Remove one.")
    for key in ("base", "linked", "only"):
        if key in case.spans and not has_pair and not (key == "base" and not case.base):
            help = "Add the other side's record, or remove the line."
            findings.error("PF186", f'"{key}" is about a pair of records, and the case has one', case.at(key), help)
    if case.base and not case.is_linked:
        help = "Remove base, or linked: false."
        findings.error("PF186", "only records that are linked have a base", case.at("base"), help)
    if "match" in case.expect.spans and (case.is_linked or not has_pair):
        help = "Add linked: false, and both records."
        findings.error("PF186", "a match key finds only records that are not linked", case.expect.at("match"), help)
    if case.deleted and case.deleted not in case.rows:
        help = "Write that record, or remove the line."
        findings.error("PF186", f"the case has no record in {case.deleted}", case.at("deleted"), help)
    for system, time in case.times.items():
        if system not in case.rows:
            findings.error("PF186", f"the case has no record in {system}", case.at("times"), "Remove its time.")
        elif not _is_time(time):
            findings.error("PF186", f'"{time}" is no time of the calendar', case.at("times"), "Correct it.")


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
