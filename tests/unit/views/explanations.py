"""Explanations for the tests of the view: one with a pair and fields of every outcome, one of a record alone."""

from dataclasses import replace

from pardotflow.plan.explanation import (
    Accepted,
    Decision,
    Explanation,
    FieldExplanation,
    Half,
    IdChange,
    Link,
    Outcome,
    RecordState,
    Refusal,
    Rule,
    SeenRecord,
    Standing,
    SyncExplanation,
    Write,
)
from pardotflow.plan.model import RecordName

CONTACT = RecordName(system="salesforce", object="Contact", id="0035e00000Ana01AAB", name="Ana Alba")
PROSPECT = RecordName(system="pardot", object="prospect", id="101", name="Ana Alba")
RUN = "3f2a91b2c3d4"
AT = "2026-11-20T09:12:33Z"


def seen(record: RecordName, state: str = RecordState.LIVE, *, is_ours: bool = False) -> SeenRecord:
    """A record that somebody changed."""
    return SeenRecord(
        record=record, state=state, changed_at=AT, changed_by="005000000000009AAA", is_ours=is_ours, as_of=AT
    )


def half(field: str, value: str | None, base: str | None = "555-1", *, sent_at: str = "", stale: bool = False) -> Half:
    """One side of a field that is compared as it is."""
    return Half(field=field, value=value, form=value, base=base, sent_at=sent_at, is_stale=stale)


def decision(
    outcome: str, kind: str = "", reason: str = "", before: str | None = None, after: str | None = None
) -> Decision:
    """What happens to the prospect's phone."""
    return Decision(
        outcome=outcome,
        kind=kind,
        reason=reason,
        section="change" if outcome == Outcome.WRITE else "",
        target=PROSPECT,
        field="phone",
        before=before,
        after=after,
        winner="",
    )


RULE = Rule(
    key="phone",
    direction="two_way",
    policy="salesforce",
    on_blank="hold",
    on_link="fill",
    into="any",
    too_long="hold",
    sql="",
    values="",
    users=False,
    allow_opt_in=False,
    preset="none",
    compared_as="text",
    line="syncs/people.yml:11",
)
WRITE = Write(
    run_id=RUN,
    written_at=AT,
    record=PROSPECT,
    field="phone",
    before="555-0",
    after="555-1",
    line="syncs/people.yml:11",
    sync="people",
)
MOVED = FieldExplanation(
    rule=RULE,
    pii="phone",
    situation="salesforce_moved",
    has_base=True,
    a=half("Phone", "555-2"),
    b=half("phone", "555-1", sent_at=AT),
    decision=decision(Outcome.WRITE, reason="salesforce moved", before="555-1", after="555-2"),
    writes=(WRITE, replace(WRITE, before=None, after="555-0")),
)
HELD = replace(
    MOVED,
    rule=replace(RULE, sql="coalesce(salesforce.Phone, salesforce.MobilePhone)", values="phones.csv"),
    a=half("Phone", None),
    decision=decision(Outcome.HELD, "blank", "a blank would replace a value", "555-1"),
    writes=(),
)
LEFT = replace(
    MOVED,
    situation="both_moved",
    a=replace(half("Phone", " 555-2 "), form="555-2", is_stale=True),
    decision=decision(Outcome.ACCEPTED, Accepted.NOT_READ_BACK),
)
EQUAL = replace(
    MOVED, situation="new", has_base=False, b=half("phone", "555-2", None), decision=decision(Outcome.AGREE)
)
LINK = Link(origin="found", run_id=RUN, linked_at=AT, key="", line="", agreeing=("email", "salesforce_id"), was=())
SYNC = SyncExplanation(
    sync="people",
    strength="apply",
    line="syncs/people.yml:1",
    a_system="salesforce",
    b_system="pardot",
    a=seen(CONTACT),
    b=seen(PROSPECT, is_ours=True),
    link=LINK,
    standings=(),
    fields=(MOVED, HELD, LEFT, EQUAL),
    ids=(
        IdChange(
            record=PROSPECT,
            field="salesforceId",
            before=None,
            after=CONTACT.id,
            reason="linked by email",
            line="syncs/people.yml:7",
        ),
    ),
    refusals=(
        Refusal(record=PROSPECT, action="update", code="57", message="555-2 is no phone number", run_id=RUN, at=AT),
    ),
)


def pair(field: str = "") -> Explanation:
    """A contact and its prospect; with `field` each field in full."""
    return Explanation(
        project="people",
        environment="production",
        production=True,
        asked=f"Contact/{CONTACT.id}",
        record=CONTACT,
        field=field,
        is_offline=True,
        syncs=(SYNC,),
        notes=("salesforce Lead was not read whole yet: the next plan may find more",),
    )


def alone() -> Explanation:
    """A contact that nobody can pair."""
    why = Standing(
        kind="ambiguous",
        record=CONTACT,
        note="several records share email: prospect/101, prospect/102",
        line="syncs/people.yml:8",
    )
    others = (replace(why, kind="create_condition", note="Email is not null"), replace(why, kind="twin", note=""))
    sync = replace(SYNC, b=None, link=None, standings=(why, *others), fields=(), ids=(), refusals=())
    return replace(pair(), syncs=(sync,), notes=(), is_offline=False)
