"""Conflicts go into a file and come back as they were, whatever the values are and whatever a spreadsheet does."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pardotflow.config.findings import Findings
from pardotflow.core.address import Address
from pardotflow.engine.conflictfile.entry import Entry, key_of, values_of
from pardotflow.engine.conflictfile.judging import decisions_about, judge_entries, recorded_words
from pardotflow.engine.conflictfile.reading import read_csv, read_yaml
from pardotflow.engine.conflictfile.writing import CSV_MARK, conflicts_to_csv, conflicts_to_yaml
from pardotflow.plan.model import Conflict, ConflictReport, PlanMeta, RecordName

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
META = PlanMeta(
    id="1a2b3c4d",
    digest="",
    project="p",
    environment="sandbox",
    production=False,
    created_at="",
    path="",
    empty_memory=False,
    complete=True,
    applyable=False,
    errored=False,
    blocked=False,
)
ADA = Conflict(
    sync="people",
    a=RecordName(system="salesforce", object="Contact", id="003A", name="Ada Berg"),
    b=RecordName(system="pardot", object="prospect", id="7", name="Ada Berg"),
    field="Title/jobTitle",
    a_value="Chief",
    b_value=None,
    base_a="old",
    base_b="old",
    winner="open",
    reason="both moved; policy ask",
    line="syncs/people.yml:12",
    pii="",
    a_changed_at="2026-03-02 08:00:00 UTC",
    digest="d",
)
BO = replace(ADA, a=replace(ADA.a, id="003B"), a_value="=1+1", b_value="007")
YAML_ENTRY = """\
  - record: "Contact/003A"
    name: "Ada Berg"
    field: "Title/jobTitle"
    salesforce: "Chief"
    pardot: ""
    salesforce_was: "old"
    pardot_was: "old"
    salesforce_changed: "2026-03-02 08:00:00 UTC"
    pardot_changed: ""
    why: "both moved; policy ask (syncs/people.yml:12)"
    counterpart: "prospect/7"
    sync: "people"
    decision:
"""


def report(*conflicts: Conflict) -> ConflictReport:
    """A plan with these conflicts."""
    return ConflictReport(meta=META, conflicts=conflicts)


def yaml_of(*conflicts: Conflict, decision: str = "") -> str:
    """A YAML file in which every conflict is decided so."""
    text = conflicts_to_yaml(report(*conflicts), conflicts, "answers.yml")
    return text.replace("decision:\n", f"decision: {decision}\n")


def csv_of(*conflicts: Conflict, decision: str = "", separator: str = ",", ends: str = "\r\n") -> str:
    """A CSV file as a spreadsheet saves it, in which every conflict is decided so."""
    text = conflicts_to_csv(report(*conflicts), conflicts).removeprefix(CSV_MARK)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    out = io.StringIO()
    decided = [[decision, *row[1:]] for row in rows[1:]]
    csv.writer(out, delimiter=separator, lineterminator=ends).writerows([rows[0], *decided])
    return out.getvalue()


def read(text: str, *, is_csv: bool = False) -> tuple[list[Entry], list[tuple[str, str]]]:
    """Entries, and code and place of everything that is said."""
    findings = Findings()
    entries = (read_csv if is_csv else read_yaml)(text, "answers", "sandbox", findings)
    return entries, [(d.code, str(d.span)) for d in findings.diagnostics]


def test_an_entry_shows_both_values_their_times_and_the_rule() -> None:
    text = conflicts_to_yaml(report(ADA), [ADA], "answers.yml")
    assert text.endswith(f"environment: sandbox\nconflicts:\n{YAML_ENTRY}\n")
    assert "# 1 conflict of plan 1a2b3c4d, environment sandbox." in text
    assert "pardotflow conflicts --decide answers.yml" in text


def test_the_csv_tells_how_to_answer_and_runs_nothing() -> None:
    text = conflicts_to_csv(report(BO), [BO])
    head, row = text.removeprefix(CSV_MARK).splitlines()
    assert head.startswith("decision (salesforce/pardot/keep),record,name,field,salesforce,pardot,")
    assert row.startswith(",Contact/003B,Ada Berg,Title/jobTitle,'=1+1,'007,")
    assert text.startswith(CSV_MARK)


VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=12)


@given(VALUES, VALUES, st.sampled_from(["salesforce", "pardot", "keep", ""]), st.sampled_from(",;\t"))
def test_every_value_comes_back(a: str, b: str, decision: str, separator: str) -> None:
    conflict = replace(ADA, a_value=a or None, b_value=b or None)
    for text, is_csv in (
        (yaml_of(conflict, decision=decision), False),
        (csv_of(conflict, decision=decision, separator=separator), True),
    ):
        (entry,), said = read(text, is_csv=is_csv)
        assert not said
        assert (entry.key, entry.values, entry.decision) == (key_of(conflict), (a, b), decision)


def test_a_spreadsheet_may_take_apostrophes_and_change_line_ends() -> None:
    text = csv_of(replace(BO, b_value="x\ny"), decision="KEEP ").replace("'", "").replace("x\ny", "x\r\ny")
    (entry,), said = read(text, is_csv=True)
    assert (entry.values, entry.decision, said) == (("=1+1", "x\ny"), "keep", [])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("decision:", "decision: salesfroce", ("PF222", "answers:27:15")),
        ("decision:", "decison: keep", ("PF221", "answers:27:5")),
        ("    sync: ", "    snyc: ", ("PF221", "answers:26:5")),
        ("decision:", "decision: [keep]", ("PF221", "answers:27:15")),
        ("environment: sandbox", "environment: production", ("PF221", "answers:13:14")),
        ("environment: sandbox\n", "", ("PF221", "answers:13:1")),
        ("conflicts:\n", "conflicts:\n  - all\n", ("PF221", "answers:15:5")),
    ],
)
def test_what_cannot_be_used_is_said_with_its_place(old: str, new: str, said: tuple[str, str]) -> None:
    text = conflicts_to_yaml(report(ADA), [ADA], "answers.yml")
    assert text.count(f"\n{old}") + text.count(f"    {old}") >= 1
    head, mark, tail = text.rpartition(old)
    assert said in read(f"{head}{new if mark else ''}{tail}")[1]


def test_a_csv_without_a_column_or_of_another_environment() -> None:
    text = csv_of(ADA, decision="keep")
    first = ("PF221", "answers:1:1")
    assert read(text.replace(",sync,", ",other,"), is_csv=True)[1] == [first, first]
    assert read(text.replace(",why,", ",decision made by,"), is_csv=True)[1] == [first]
    assert read(text.replace(",why,", ",name,"), is_csv=True)[1] == [first]
    assert read("environment: sandbox\nconflicts: hello\n")[1] == [("PF221", "answers:2:12")]
    assert read(text.replace(",sandbox", ",production"), is_csv=True)[1] == [("PF221", "answers:2:1")]
    assert read(text + "a,b\r\n", is_csv=True)[1] == [("PF221", "answers:3:1")]
    assert read("", is_csv=True)[1] == [("PF221", "answers:1:1")]


def test_a_conflict_is_decided_once() -> None:
    both = yaml_of(ADA, decision="keep") + YAML_ENTRY.replace("decision:", "decision: pardot")
    assert read(both)[1] == [("PF223", "answers:29:5")]
    entries, said = read(yaml_of(ADA, decision="keep") + YAML_ENTRY)
    assert ([e.decision for e in entries], said) == (["keep"], [])
    entries, said = read(yaml_of(ADA) + YAML_ENTRY.replace("decision:", "decision: keep"))
    assert ([e.decision for e in entries], said) == (["keep"], [])


def test_only_what_the_plan_still_has_is_recorded() -> None:
    entries, _ = read(yaml_of(ADA, BO, decision="keep"))
    moved = replace(BO, b_value="008")
    judged = judge_entries(entries, [ADA, moved], [], "answers.yml", NOW)
    assert [(d.a_id, d.decision, d.digest, d.b_value) for d in judged.decisions] == [("003A", "keep", "d", None)]
    assert [(s.entry.key[2], s.why) for s in judged.skipped] == [
        ("Contact/003B", "the value of Pardot is another one now")
    ]
    gone = judge_entries(entries, [], [], "answers.yml", NOW)
    assert [s.why for s in gone.skipped] == ["it is no conflict any more"] * 2


def test_a_second_file_replaces_the_first_and_says_so() -> None:
    first = judge_entries(read(yaml_of(ADA, decision="keep"))[0], [ADA], [], "one.yml", NOW)
    again = judge_entries(read(yaml_of(ADA, decision="keep"))[0], [ADA], first.decisions, "two.yml", NOW)
    assert again.replaced == ()
    other = judge_entries(read(yaml_of(ADA, BO, decision="pardot"))[0], [ADA, BO], first.decisions, "two.yml", NOW)
    assert [(old.decision, word) for old, word in other.replaced] == [("keep", "pardot")]


def test_what_is_left_empty_stays_open() -> None:
    judged = judge_entries(read(yaml_of(ADA, BO))[0], [ADA, replace(BO, a_value="x")], [], "answers.yml", NOW)
    assert (judged.decisions, judged.skipped, judged.undecided) == ((), (), 1)


def test_what_is_recorded_belongs_to_its_values() -> None:
    (decision,) = judge_entries(read(yaml_of(ADA, decision="keep"))[0], [ADA], [], "answers.yml", NOW).decisions
    assert recorded_words([ADA, BO], [decision]) == {ADA: "keep"}
    assert recorded_words([replace(ADA, a_value="x")], [decision]) == {}
    for field in ("", "Title", "jobTitle", "Title/jobTitle"):
        assert decisions_about(Address(object="prospect", id="7", field=field), [decision]) == [decision]
    long = replace(decision, a_id="0035e00000Ben02AAB")
    fields = {(decision.sync, decision.mapping): ("Other__c",)}
    for object_name, id, field in (("contact", "0035e00000Ben02", "TITLE"), ("Contact", long.a_id, "other__C")):
        assert decisions_about(Address(object=object_name, id=id, field=field), [long], fields) == [long]
    assert decisions_about(Address(object="Contact", id="0035e00000BEN02"), [long], fields) == []
    assert decisions_about(Address(object="prospect", id="7", field="phone"), [decision]) == []
    assert decisions_about(Address(object="Contact", id="7"), [decision]) == []


def test_values_are_shown_as_they_are_held() -> None:
    assert values_of(ADA) == ("Chief", "")
