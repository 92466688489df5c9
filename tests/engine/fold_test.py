"""A long list of field changes as a short one: nothing is lost, nothing is counted twice, order does not matter."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pardotflow.plan.fold import AT_LEAST, SAMPLES, VARIOUS_FROM, fold_changes, read_patterns, read_singles
from pardotflow.plan.model import FieldChange, Pattern
from tests.engine.plan_rows import Row, open_rows

EVERYTHING = 10_000
SOME = settings(max_examples=max(25, settings().max_examples))


def fold(rows: list[Row], *, limit: int = EVERYTHING) -> tuple[tuple[Pattern, ...], int, tuple[FieldChange, ...], int]:
    """Patterns and singles with their totals."""
    with open_rows(rows) as con:
        fold_changes(con)
        return *read_patterns(con, limit), *read_singles(con, limit)


@st.composite
def plans(draw: st.DrawFn) -> list[Row]:
    """Records with one or two field changes each, of few values, so that many are alike."""
    rows = []
    for record in range(draw(st.integers(0, 40))):
        action = draw(st.sampled_from(("update", "update", "create")))
        for field in draw(st.sampled_from((("city",), ("phone",), ("city", "phone")))):
            row = Row(
                record=record,
                field=field,
                before=None if action == "create" else draw(st.sampled_from((None, "a", "b", str(record)))),
                after=draw(st.sampled_from((None, "x", "y", str(record)))),
                action=action,
                section="create" if action == "create" else draw(st.sampled_from(("change", "drift"))),
                line=draw(st.sampled_from(("syncs/people.yml:7", "syncs/people.yml:8"))),
                pii="phone" if field == "phone" else "",
            )
            rows.append(row)
    return draw(st.permutations(rows))


@SOME
@given(plans())
def test_patterns_and_singles_are_all_field_changes(rows: list[Row]) -> None:
    patterns, patterns_total, singles, singles_total = fold(rows)
    assert sum(p.records for p in patterns) + singles_total == len(rows)
    assert (len(patterns), len(singles)) == (patterns_total, singles_total)
    assert all(p.records >= AT_LEAST for p in patterns)
    assert all(len(p.samples) <= SAMPLES for p in patterns)
    told = {(s.record.id, s.field) for s in singles}
    assert len(told) == len(singles)
    assert {(str(r.record), r.field) for r in rows if r.action == "create"} <= told


@SOME
@given(plans(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows: list[Row], random: object) -> None:
    assert fold(rows) == fold(sorted(rows))


@SOME
@given(plans())
def test_a_pattern_is_true_of_every_change_that_it_stands_for(rows: list[Row]) -> None:
    patterns, _, singles, _ = fold(rows)
    alone = {(s.record.id, s.field) for s in singles}
    folded = [r for r in rows if (str(r.record), r.field) not in alone]
    assert len(folded) == sum(p.records for p in patterns)
    for row in folded:
        fitting = [
            p for p in patterns if (p.field, p.section, p.line, p.pii) == (row.field, row.section, row.line, row.pii)
        ]
        assert any(_stands_for(p.before, row.before) and _stands_for(p.after, row.after) for p in fitting)


def _stands_for(shown: str | None, value: str | None) -> bool:
    return shown == value or (shown == "*" and value is not None)


def test_the_largest_pattern_comes_first_and_the_total_knows_the_others() -> None:
    rows = [Row(record=n, field="city", before="a", after="x" if n < 3 else "y") for n in range(8)]
    patterns, total, _, _ = fold(rows, limit=1)
    assert [(p.records, p.after) for p in patterns] == [(5, "y")]
    assert total == 2


def test_two_alike_are_two_lines() -> None:
    rows = [Row(record=n, field="city", before="a", after="x") for n in range(AT_LEAST - 1)]
    patterns, _, singles, _ = fold(rows)
    assert not patterns
    assert [s.record.name for s in singles] == ["Person 0", "Person 1"]


def test_many_different_values_of_one_line_are_one_story() -> None:
    rows = [Row(record=n, field="phone", before=None, after=str(n)) for n in range(VARIOUS_FROM)]
    (pattern,), _, singles, _ = fold(rows)
    assert (pattern.before, pattern.after, pattern.records) == (None, "*", VARIOUS_FROM)
    assert pattern.sample_values == ((None, "0"), (None, "1"), (None, "10"))
    assert not singles
    assert not fold(rows[1:])[0]


def test_a_clear_and_a_fill_are_two_stories() -> None:
    rows = [Row(record=n, field="phone", before="1", after=None) for n in range(3)]
    rows += [Row(record=n, field="phone", before=None, after="1") for n in range(3, 6)]
    patterns, _, _, _ = fold(rows)
    assert {(p.before, p.after) for p in patterns} == {("1", None), (None, "1")}


def test_the_id_of_a_new_record_is_shown_in_its_own_words() -> None:
    note = "id of the new Lead"
    rows = [Row(record=n, field="salesforceId", before=None, after=None, section="id", note=note) for n in range(12)]
    (pattern,), _, _, _ = fold(rows)
    assert (pattern.after, pattern.records) in {("*", 12), (None, 12)}


def test_nothing_folds_to_nothing() -> None:
    assert fold([]) == ((), 0, (), 0)
