"""The part of the decision table that a mapping can come to, written as cases with what is decided today.

Every situation is tried with values that both sides take. What is expected is not thought out here: the cases are run,
and what is planned for them is written down, to be read and reviewed by a person.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pardotflow.config.document import parse_document
from pardotflow.config.findings import Findings, suggest
from pardotflow.config.project import Direction, Into, OnBlank, Policy, Preset, Project
from pardotflow.core.describe import Catalog
from pardotflow.core.errors import UsageError
from pardotflow.core.forms import Form
from pardotflow.engine.compile import compile_sync
from pardotflow.engine.compiled import CompiledMapping, CompiledSync
from pardotflow.engine.truth import Found
from pardotflow.quality.judge import expected_changes
from pardotflow.quality.load import build_tests
from pardotflow.quality.outcome import Outcome, found_word, values_word
from pardotflow.quality.resolve import BoundCase, bind_case, named
from pardotflow.quality.run import decide_cases, keys_of
from pardotflow.quality.samples import Sample, Samples, find_samples
from pardotflow.quality.writing import Flow, case_lines, text

GENERATED = "# Written by: pardotflow test --generate"
"""What every file has that was written here, in its second line."""
_EARLIER, _LATER = "2026-01-01T09:00:00Z", "2026-01-01T10:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A case before it is known what is planned."""

    name: str
    group: str
    keys: Mapping[str, Flow]
    timeless: str = ""
    """Of a case with times: the name of the one without. It is kept where the times decide something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chapter:
    """The cases of one mapping, and what is said where some cannot be written."""

    mapping: CompiledMapping
    drafts: Sequence[Draft]
    notes: Sequence[str]


def generate_tests(project: Project, catalog: Catalog, sync_name: str, mapping: str = "") -> str:
    """A file of cases for one mapping of a sync, or for all of them; raises UsageError for an unknown mapping."""
    sync = next(s for s in project.syncs if s.name == sync_name)
    compiled, keys = compile_sync(sync, catalog), keys_of(sync)
    chosen = _chosen(compiled, mapping)
    samples = find_samples(compiled, catalog, chosen)
    chapters = [_chapter(compiled, m, samples.get(m.number)) for m in chosen]
    drafts = [draft for chapter in chapters for draft in chapter.drafts]
    bound = _bind(compiled, drafts, keys)
    outcomes = decide_cases(project, compiled, bound, keys)
    expected = {d.name: _expected(compiled, c, o) for d, c, o in zip(drafts, bound, outcomes, strict=True)}
    told = [replace(c, drafts=_telling(c.drafts, expected)) for c in chapters]
    return "\n".join(_lines(compiled, mapping, told, expected)) + "\n"


def _telling(drafts: Sequence[Draft], expected: Mapping[str, Flow]) -> list[Draft]:
    return [d for d in drafts if not d.timeless or expected[d.name] != expected[d.timeless]]


def _chosen(sync: CompiledSync, written: str) -> tuple[CompiledMapping, ...]:
    if not written:
        return sync.mappings
    numbers = named(sync, written)
    if len(numbers) != 1:
        keys = [m.mapping.key for m in sync.mappings]
        what = "no mapping" if not numbers else f"{len(numbers)} mappings"
        raise UsageError(f"{sync.name} has {what} {written!r}", hint=suggest(written, keys) or f"{', '.join(keys)}.")
    return (sync.mappings[numbers[0]],)


def _chapter(sync: CompiledSync, mapping: CompiledMapping, samples: Samples | None) -> _Chapter:
    if samples is None or not samples.filled:
        note = "no value is known that both sides take: write its cases by hand"
        return _Chapter(mapping=mapping, drafts=(), notes=(note,))
    author = _Author(sync, mapping, samples)
    drafts = tuple(author.drafts())
    return _Chapter(mapping=mapping, drafts=drafts, notes=tuple(author.missing))


def _bind(sync: CompiledSync, drafts: Sequence[Draft], keys: Mapping[str, str]) -> list[BoundCase]:
    """The drafts as the loader reads them, so that what runs now is what runs from the file."""
    if not drafts:
        return []
    lines = ["tests: generated", "cases:"]
    for draft in drafts:
        lines += case_lines(draft.name, {**draft.keys, "expect": {}})
    findings = Findings()
    tree = parse_document("\n".join(lines) + "\n", "generated", findings)
    file = build_tests(tree, "generated", findings) if tree else None
    bound = [bind_case(case, sync, keys, findings) for case in file.cases] if file else []
    if findings.has_errors:
        raise ValueError("; ".join(d.message for d in findings.diagnostics))
    return [case for case in bound if case is not None]


class _Author:
    """Writes the cases of one mapping."""

    def __init__(self, sync: CompiledSync, mapping: CompiledMapping, samples: Samples) -> None:
        self._sync = sync
        self._mapping = mapping
        self._samples = samples
        self.missing: list[str] = []
        """What cannot be tried with the values that are known."""

    def drafts(self) -> Iterator[Draft]:
        """In the order of the table; what agrees comes last."""
        patterns = ("a", "b") if self._mapping.form is Form.CHECKBOX else ("", "a", "b")
        for found in Found:
            for role in patterns:
                rows = self._rows(found, role)
                if rows is None:
                    self._say_missing(role)
                else:
                    yield from self._differing(found, role, *rows)
        yield from self._agreeing()

    def _say_missing(self, role: str) -> None:
        note = f"{values_word(self._sync, self._mapping, role)}: no values are known that give this"
        self.missing += [note] if note not in self.missing else []

    def _rows(self, found: Found, role: str) -> tuple[Sample, Sample] | None:
        """What the sides hold now; None where the values are not known. `role` is the blank side, or the true one."""
        filled, blank = self._samples.filled, self._samples.blank
        if not role:
            if len(filled) < 2:
                return None
            if found is Found.A_MOVED:
                return filled[1], filled[0]
            return (filled[0], filled[1]) if found is Found.B_MOVED or len(filled) < 3 else (filled[1], filled[2])
        if blank is None:
            return None
        is_first_blank = (role == "a") is not (self._mapping.form is Form.CHECKBOX)
        moved = filled[min(1, len(filled) - 1)] if found in (Found.BOTH_MOVED,) else filled[0]
        return (blank, moved) if is_first_blank else (moved, blank)

    def _base(self, found: Found, a: Sample, b: Sample) -> tuple[Sample, Sample] | None:
        """What they held when they last agreed."""
        match found:
            case Found.NEW:
                return None
            case Found.A_MOVED:
                return b, b
            case Found.B_MOVED:
                return a, a
            case Found.BOTH_MOVED:
                other = next((s for s in self._samples.filled if s not in (a, b)), None)
                return (other, other) if other else (b, a)
            case _:
                return a, b

    def _differing(self, found: Found, role: str, a: Sample, b: Sample) -> Iterator[Draft]:
        word = found_word(self._sync, found)
        name = f"{word}, {values_word(self._sync, self._mapping, role)}"
        base = self._base(found, a, b)
        plain = self._draft(name, word, a, b, base, is_changed=found is Found.MAPPING_CHANGED)
        yield plain
        for newer in "ab" if self._mapping.mapping.direction is Direction.TWO_WAY else "":
            yield self._timed(plain, newer)

    def _timed(self, plain: Draft, newer: str) -> Draft:
        """The same case with one side as the newer one."""
        times: dict[str, Flow] = {
            str(self._sync.side(role).system): _LATER if role == newer else _EARLIER for role in "ab"
        }
        name = f"{plain.name}, {self._sync.side(newer).system} newer"
        return Draft(name=name, group=plain.group, keys={**plain.keys, "times": times}, timeless=plain.name)

    def _agreeing(self) -> Iterator[Draft]:
        filled, blank = self._samples.filled, self._samples.blank
        group = "the sides agree"
        yield self._draft("neither moved, the same value", group, filled[0], filled[0], (filled[0], filled[0]))
        if len(filled) > 1:
            yield self._draft("both moved to the same value", group, filled[1], filled[1], (filled[0], filled[0]))
        if blank:
            word = "false" if self._mapping.form is Form.CHECKBOX else "a blank"
            yield self._draft(f"both moved to {word}", group, blank, blank, (filled[0], filled[0]))

    def _draft(
        self,
        name: str,
        group: str,
        a: Sample,
        b: Sample,
        base: tuple[Sample, Sample] | None,
        *,
        is_changed: bool = False,
    ) -> Draft:
        key = self._mapping.mapping.key
        keys: dict[str, Flow] = {"only": [key]}
        keys |= {"base": {key: self._pair(*base, is_changed=is_changed)}} if base else {}
        keys |= {str(self._sync.side(role).system): self._row(role, s) for role, s in (("a", a), ("b", b))}
        return Draft(name=f"{key}: {name}", group=group, keys=keys)

    def _pair(self, a: Sample, b: Sample, *, is_changed: bool) -> Flow:
        held_a, held_b = self._held("a", a), self._held("b", b)
        if held_a == held_b and not is_changed:
            return held_a
        values: dict[str, Flow] = {str(self._sync.a.system): held_a, str(self._sync.b.system): held_b}
        return values | ({"mapping": "changed"} if is_changed else {})

    def _held(self, role: str, sample: Sample) -> str | None:
        return sample.raw if role == self._samples.source else sample.out

    def _row(self, role: str, sample: Sample) -> Flow:
        samples, side = self._samples, self._sync.side(role)
        is_source = role == samples.source
        item = samples.object if is_source else samples.target_object
        head: dict[str, Flow] = {"object": item} if len(side.objects) > 1 else {}
        return head | (dict(sample.fields) if is_source else {samples.target_field: sample.out})


def _expected(sync: CompiledSync, case: BoundCase, outcome: Outcome) -> Flow:
    """What is planned, as a case says it."""
    found: dict[str, Flow] = {}
    for role in "ab":
        changes = {field: w.value for field, w in expected_changes(case, outcome, role).items()}
        found |= {str(sync.side(role).system): changes} if changes else {}
    for word, told in (("conflicts", outcome.conflicts), ("held", outcome.held)):
        by_key = {sync.mappings[n].mapping.key: told[n].word for n in sorted(told) if n in case.only}
        found |= {word: by_key} if by_key else {}
    return found


def _lines(
    sync: CompiledSync, mapping: str, chapters: Sequence[_Chapter], expected: Mapping[str, Flow]
) -> Iterator[str]:
    yield f"# What is decided for {mapping or 'every mapping'} of {sync.name}, situation by situation."
    yield f"{GENERATED} {sync.name}{f'#{mapping}' if mapping else ''}"
    yield "# It says what was decided when it was written, right or wrong: read it before you keep it."
    yield f"tests: {text(sync.name)}"
    yield "cases:"
    for chapter in chapters:
        yield ""
        yield f"  # ── {_title(sync, chapter.mapping)}"
        yield from (f"  # {note}" for note in chapter.notes)
        group = ""
        for draft in chapter.drafts:
            if draft.group != group:
                group = draft.group
                yield from ("", f"  # {group}")
            yield from case_lines(draft.name, {**draft.keys, "expect": expected[draft.name]})


def _title(sync: CompiledSync, compiled: CompiledMapping) -> str:
    """The mapping and what it is told to do."""
    m = compiled.mapping
    sides = [f"{s.system} {ref.label if ref else '(sql)'}" for s, ref in zip((sync.a, sync.b), (m.a, m.b), strict=True)]
    words = [str(m.direction)]
    if m.policy is Policy.CONSENT:
        words += ["policy consent", *(["allow opt_in"] if m.allow_opt_in else [])]
    else:
        is_own = m.preset is Preset.NONE
        words += [] if is_own else [f"preset {m.preset}"]
        words += [f"policy {m.policy}"] if m.direction is Direction.TWO_WAY else []
        words += [f"on_link {m.on_link}"] if m.direction is Direction.TWO_WAY and is_own else []
        words += [f"on_blank {m.on_blank}"] if m.on_blank is not OnBlank.HOLD else []
    words += ["into blank"] if m.into is Into.BLANK else []
    return f"{m.key}: {' and '.join(sides)}; {', '.join(words)}"
