"""Makers of single rows and of empty reports, so that a test says only what matters to it."""

from dataclasses import replace

from pardotflow.plan.model import (
    Conflict,
    FieldChange,
    Group,
    Pattern,
    PlanMeta,
    PlanReport,
    RecordName,
)

PEOPLE = "syncs/people.yml"


def contact(index: int, name: str) -> RecordName:
    """A Salesforce contact."""
    return RecordName(system="salesforce", object="Contact", id=f"0035g0000{index:06d}AAA", name=name)


def lead(index: int, name: str) -> RecordName:
    """A Salesforce lead."""
    return RecordName(system="salesforce", object="Lead", id=f"00Q5g0000{index:06d}EAC", name=name)


def prospect(index: int | str, name: str) -> RecordName:
    """A Pardot prospect; `new` for one that does not exist yet."""
    return RecordName(system="pardot", object="prospect", id=str(index), name=name)


ADA, BO, CHO = prospect(1042, "Ada Berg"), prospect(1077, "Bo Chen"), prospect(1101, "조민서")
SAMPLES = (ADA, BO, CHO)


def meta(**changes: object) -> PlanMeta:
    """A plan that can be applied; `changes` are fields of PlanMeta."""
    plain = PlanMeta(
        id="k7m2q9",
        digest="9f" * 32,
        project="northwind",
        environment="emulator",
        production=False,
        created_at="2026-11-21T05:16:07Z",
        path=".pardotflow/plans/k7m2q9.plan",
        empty_memory=False,
        complete=True,
        applyable=True,
        errored=False,
        blocked=False,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def pattern(
    records: int,
    field: str,
    before: str | None,
    after: str | None,
    line: int,
    *,
    section: str = "change",
    reason: str = "Salesforce moved",
    action: str = "update",
    samples: tuple[RecordName, ...] = SAMPLES,
    sample_values: tuple[tuple[str | None, str | None], ...] = (),
    pii: str = "",
) -> Pattern:
    """Many equal changes of one field; the samples say in which system."""
    return Pattern(
        system=samples[0].system,
        object=samples[0].object,
        action=action,
        field=field,
        before=before,
        after=after,
        section=section,
        reason=reason,
        line=f"{PEOPLE}:{line}",
        pii=pii,
        records=records,
        samples=samples,
        sample_values=sample_values,
    )


def change(
    record: RecordName,
    field: str,
    before: str | None,
    after: str | None,
    line: int,
    *,
    action: str = "update",
    section: str = "change",
    reason: str = "Salesforce moved",
    note: str = "",
    pii: str = "",
) -> FieldChange:
    """One field of one record."""
    return FieldChange(
        record=record,
        action=action,
        field=field,
        before=before,
        after=after,
        after_note=note,
        section=section,
        reason=reason,
        line=f"{PEOPLE}:{line}",
        pii=pii,
        sync="people",
    )


def conflict(
    a: RecordName,
    b: RecordName,
    field: str,
    values: tuple[str | None, str | None],
    bases: tuple[str | None, str | None],
    *,
    winner: str = "open",
    reason: str = "the policy asks",
    pii: str = "",
) -> Conflict:
    """Both sides moved."""
    return Conflict(
        sync="people",
        a=a,
        b=b,
        field=field,
        a_value=values[0],
        b_value=values[1],
        base_a=bases[0],
        base_b=bases[1],
        winner=winner,
        reason=reason,
        line=f"{PEOPLE}:18",
        pii=pii,
    )


def group(
    kind: str,
    field: str,
    reason: str,
    count: int,
    line: int,
    *,
    samples: tuple[RecordName, ...] = SAMPLES,
    notes: tuple[str, ...] = (),
) -> Group:
    """A counted heading with samples."""
    return Group(
        kind=kind,
        system=samples[0].system,
        object=samples[0].object,
        field=field,
        reason=reason,
        line=f"{PEOPLE}:{line}",
        count=count,
        samples=samples,
        sample_notes=notes,
    )


def empty(**changes: object) -> PlanReport:
    """A plan of a run that found nothing at all; `changes` are fields of PlanReport."""
    plain = PlanReport(
        meta=meta(),
        counts=(),
        identity=(),
        guards=(),
        costs=(),
        read_calls=(),
        quotas=(),
        patterns=(),
        patterns_total=0,
        singles=(),
        singles_total=0,
        fields_total=0,
        conflicts=(),
        conflicts_open=0,
        conflicts_decided=0,
        held=(),
        held_total=0,
        ambiguities=(),
        ambiguities_total=0,
        skipped=(),
        skipped_total=0,
        accepted=(),
        coverage=(),
        notes=(),
        syncs=(("people", "apply"),),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]
