"""Reports made by hand: a plausible organisation in every state that a plan or a run can be in."""

from dataclasses import replace

from pardotflow.plan.cost import Cost, Quota
from pardotflow.plan.model import (
    Conflict,
    Count,
    Coverage,
    FieldChange,
    Group,
    GuardResult,
    Identity,
    Pattern,
    PlanReport,
)
from pardotflow.plan.run import RunReport

from .rows import ADA, BO, PEOPLE, change, conflict, contact, empty, group, lead, meta, pattern, prospect


def counts() -> tuple[Count, ...]:
    """Creates on both sides and many updates."""
    rows = (
        ("salesforce", "Contact", "update", 812, 1310),
        ("salesforce", "Lead", "create", 41, 246),
        ("salesforce", "Lead", "update", 212, 212),
        ("pardot", "prospect", "create", 60, 540),
        ("pardot", "prospect", "update", 1873, 2611),
    )
    return tuple(Count(system=s, object=o, action=a, records=r, fields=f) for s, o, a, r, f in rows)


def first_patterns() -> tuple[Pattern, ...]:
    """What a first plan folds into."""
    contacts = (contact(11, "Ada Berg"), contact(12, "Bo Chen"), contact(13, "Małgorzata Wiśniewska-Kowalczyk"))
    leads = (lead(51, "Iris Falk"), lead(52, "Jon Gray"), lead(53, ""))
    new = (prospect("new", "Dov Lévy"), prospect("new", "Eve Ono"), prospect("new", "ليلى حداد"))
    adopted = "blank is filled from Salesforce"
    return (
        pattern(618, "Prospect_Score__c", None, "*", 27, section="adopted", reason="score is new", samples=contacts,
                sample_values=((None, "120"), (None, "85"), (None, "-5"))),
        pattern(412, "country", "Germany", "DE", 24, reason="Salesforce moved"),
        pattern(388, "industry", "Tech", "Technology", 21, section="adopted", reason=adopted),
        pattern(231, "source", None, "Web", 26, section="adopted", reason=adopted),
        pattern(204, "Pardot_Prospect_Id__c", None, "*", 9, section="id", reason="", samples=contacts,
                sample_values=((None, "1042"), (None, "1077"), (None, "1101"))),
        pattern(60, "email", None, "*", 16, section="create", action="create", reason="", samples=new, pii="email",
                sample_values=((None, "dov@example.com"), (None, "eve@example.org"), (None, "layla@example.net"))),
        pattern(60, "campaignId", None, "1201", 12, section="create", action="create", reason="", samples=new),
        pattern(41, "Company", None, "Unknown", 14, section="create", action="create", reason="", samples=leads),
        pattern(18, "phone", "*", None, 18, reason="Salesforce moved, on_blank: clear", pii="phone",
                sample_values=(("+49 30 23125001", None), ("+1 555 0100", None), ("+44 20 7946 0001", None))),
        pattern(12, "jobTitle", "CTO", "Chief Technology Officer and Managing Director", 17, section="drift",
                reason="Pardot was edited"),
    )  # fmt: skip


def singles() -> tuple[FieldChange, ...]:
    """Changes that fold with nothing."""
    long = "Head of Industrial Sensor Procurement and Supplier Relations, Central and Eastern Europe"
    ada, new = contact(11, "Ada Berg"), prospect("new", "Dov Lévy")
    return (
        change(ada, "Phone", "+49 30 23125001", "+49 30 23125002", 18, reason="Pardot moved", pii="phone"),
        change(ada, "Title", long, long.replace("Eastern", "Western"), 17, reason="Pardot moved"),
        change(BO, "firstName", "Bo", "Bob", 15),
        change(BO, "lastName", "Chen ", "Chen", 15),
        change(prospect(1203, "ليلى حداد"), "city", "بيروت", "صيدا", 19),
        change(prospect(1204, "山田 花子"), "company", "北海道センサー", None, 20, reason="Salesforce moved"),
        change(new, "firstName", None, "Dov", 15, action="create", section="create", reason="", pii="name"),
        change(new, "salesforceId", None, None, 9, action="create", section="id", reason="",
               note="id of the new Lead Dov Lévy"),
        change(prospect(1310, "Zed Old"), "", None, None, 30, action="delete", reason="its contact was deleted"),
    )  # fmt: skip


def identity() -> Identity:
    """Pairs found on a first plan."""
    return Identity(
        sync="people",
        a="salesforce",
        b="pardot",
        linked_before=0,
        linked_now=(("salesforce_id", 3941), ("Pardot_Prospect_Id__c", 12), ("email", 118)),
        followed=7,
        ambiguous=9,
        unmatched_a=1302,
        unmatched_b=92,
        unmatched=(
            ("salesforce", "nobody", 1100),
            ("salesforce", "no_key_value", 190),
            ("pardot", "created", 92),
            ("salesforce", "would_duplicate", 12),
        ),
    )


def held() -> tuple[Group, ...]:
    """Held items of three kinds."""
    kept = ('"+49 30 23125001" → (blank)', '"+1 555 0100" → (blank)', '"+44 20 7946 0001" → (blank)')
    return (
        group("blank", "phone", "Salesforce is blank, on_blank: hold", 120, 18, notes=kept),
        group("blank", "city", "Salesforce is blank, on_blank: hold", 61, 19),
        group("unknown_picklist_value", "Preferred_Language__c", "Klingon is not among the five values", 8, 25,
              samples=(contact(14, "Kang Worf"),), notes=('"Klingon"',)),
        group("would_duplicate", "", "another prospect has that address", 25, 12),
    )  # fmt: skip


def coverage() -> tuple[Coverage, ...]:
    """Everything that a first plan reads."""
    rows = (
        ("salesforce", "Contact", 3214, 12, "full", 3214, ""),
        ("salesforce", "Lead", 2301, 40, "full", 2301, "38 of the deleted are converted leads"),
        ("pardot", "prospect", 4712, 25, "delta", 37, "score and grade are 2 hours old"),
        ("warehouse", "product_usage.csv", 40012, 0, "file", 40012, ""),
    )
    return tuple(
        Coverage(system=s, object=o, rows=r, deleted=d, mode=m, changed=c, note=n) for s, o, r, d, m, c, n in rows
    )


def guards(*failed: GuardResult) -> tuple[GuardResult, ...]:
    """The default guards, all passed, with `failed` among them."""
    passed = GuardResult(
        sync="people",
        guard="deletes",
        number=0,
        limit="0",
        allowed=0,
        passed=True,
        flag="--allow people.deletes=0",
        line=f"{PEOPLE}:31",
    )
    return (passed, replace(passed, guard="opt_ins", line=f"{PEOPLE}:32"), *failed)


def first_plan() -> PlanReport:
    """A first plan on a mature organisation."""
    folded = first_patterns()
    return empty(
        meta=meta(empty_memory=True),
        counts=counts(),
        identity=(identity(),),
        guards=guards(),
        costs=(
            Cost(system="salesforce", what="update Contact, 200 a call", rows=812, calls=5),
            Cost(system="salesforce", what="upsert Lead, 200 a call", rows=253, calls=3),
            Cost(system="pardot", what="import prospects", rows=1933, calls=8),
        ),
        read_calls=(("salesforce", 22), ("pardot", 61), ("warehouse", 0)),
        quotas=(Quota(system="salesforce", used=7690, limit=100000), Quota(system="pardot", used=24880, limit=25000)),
        patterns=folded,
        patterns_total=len(folded),
        singles=singles(),
        singles_total=321,
        fields_total=sum(p.records for p in folded) + 321,
        conflicts=conflicts()[:1],
        conflicts_open=1,
        conflicts_decided=0,
        held=held(),
        held_total=214,
        ambiguities=(
            group("two_prospects", "", "two prospects have one address", 9, 11, samples=(contact(15, "Ada Twin"),),
                  notes=("prospect/2001 or prospect/2002 (ada.twin@example.com)",)),
        ),
        ambiguities_total=9,
        skipped=(
            group("create_condition", "", "pardot.userId is blank", 52, 13),
            group("no_email", "", "", 39, 12, samples=(contact(16, "Nils Mail"),)),
        ),
        skipped_total=91,
        coverage=coverage(),
        notes=("Creates in Salesforce carry Pardot_Prospect_Id__c, so that a retried create makes no duplicate.",),
        syncs=(("people", "apply"), ("product_usage", "observe")),
    )  # fmt: skip


def conflicts() -> tuple[Conflict, ...]:
    """One open with a base, one open without, one decided."""
    return (
        conflict(contact(11, "Ada Berg"), ADA, "Phone", ("+49 30 23125002", "+49 30 23125003"),
                 ("+49 30 23125001", "+49 30 23125001"), reason="changed within the same minute", pii="phone"),
        conflict(lead(52, "Bo Chen"), BO, "Title", ("Engineer", "Senior engineer"), (None, None),
                 reason="both are filled and there is no base"),
        conflict(contact(13, "Zoë [red]Müller"), prospect(1300, "Zoë"), "City", ("Köln", "Cologne"), ("Bonn", "Bonn"),
                 winner="salesforce", reason="policy salesforce"),
    )  # fmt: skip


def with_conflicts() -> PlanReport:
    """Open and decided conflicts and one change."""
    return empty(
        counts=(Count(system="pardot", object="prospect", action="update", records=1, fields=1),),
        costs=(Cost(system="pardot", what="update prospect", rows=1, calls=1),),
        singles=(
            change(prospect(1300, "Zoë"), "city", "Cologne", "Köln", 19, section="conflict",
                   reason="both moved, Salesforce wins"),
        ),
        singles_total=1,
        fields_total=1,
        conflicts=conflicts(),
        conflicts_open=14,
        conflicts_decided=1,
    )  # fmt: skip


def nothing_new() -> PlanReport:
    """A second plan with nothing to send, and things held."""
    seen = replace(identity(), linked_before=4071, linked_now=(), followed=0)
    delta = tuple(replace(one, mode="delta", changed=0, deleted=0, note="") for one in coverage()[:3])
    return empty(
        identity=(seen,),
        guards=guards(),
        held=held(),
        held_total=214,
        read_calls=(("salesforce", 4), ("pardot", 3)),
        accepted=(group("rewritten", "phone", "Pardot stores it without blanks", 4, 18, notes=('"+15550100"',)),),
        coverage=delta,
    )


def blocked() -> PlanReport:
    """Two guards failed."""
    limit = GuardResult(
        sync="people",
        guard="updates",
        number=1873,
        limit="30%",
        allowed=1221,
        passed=False,
        flag="--allow people.updates=1873",
        line=f"{PEOPLE}:31",
    )
    clears = replace(limit, guard="clears:phone", number=120, limit="50", allowed=50,
                     flag="--allow people.clears:phone=120", line=f"{PEOPLE}:33")  # fmt: skip
    folded = first_patterns()[1:3]
    return empty(
        meta=meta(blocked=True, applyable=False),
        counts=(Count(system="pardot", object="prospect", action="update", records=1873, fields=2611),),
        guards=guards(limit, clears),
        costs=(Cost(system="pardot", what="import prospects", rows=1873, calls=8),),
        quotas=(Quota(system="pardot", used=24995, limit=25000),),
        patterns=folded,
        patterns_total=31,
        fields_total=2611,
    )


def production() -> PlanReport:
    """A narrowed plan on a live organisation, with deletes."""
    return empty(
        meta=meta(environment="production", production=True, selection="--select sync:people", complete=False),
        counts=(
            Count(system="pardot", object="prospect", action="delete", records=2, fields=0),
            Count(system="salesforce", object="Contact", action="update", records=1, fields=1),
        ),
        costs=(Cost(system="pardot", what="delete prospect", rows=2, calls=2),),
        patterns=(pattern(2, "", None, None, 30, action="delete", reason="the contact was deleted"),),
        patterns_total=1,
        singles=(change(contact(11, "Ada Berg"), "Title", "CTO", "CEO", 17, reason="Pardot moved"),),
        singles_total=1,
        fields_total=3,
    )


def run(**changes: object) -> RunReport:
    """A run in which all went well; `changes` are fields of RunReport."""
    plain = RunReport(
        run_id="r-000012",
        plan_id="k7m2q9",
        status="done",
        sent=counts(),
        confirmed=2998,
        refused=0,
        unknown=0,
        not_started=0,
        moved=0,
        calls=(("salesforce", 8), ("pardot", 8)),
        errors=(),
        remainder=(),
        seconds=72.3,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def run_with_errors() -> RunReport:
    """Some changes were refused, one is unknown."""
    refused = group("refused", "Preferred_Language__c", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: bad value", 3, 25,
                    samples=(contact(14, "Kang Worf"),), notes=('"Klingon"',))  # fmt: skip
    return run(status="with_errors", confirmed=2994, refused=3, unknown=1, errors=(refused,))


def run_with_remainder() -> RunReport:
    """Rows moved while the plan lay there."""
    left = group("moved", "phone", "changed in Pardot after the plan was made", 5, 18)
    return run(status="with_remainder", confirmed=2993, moved=5, remainder=(left,))


def run_interrupted() -> RunReport:
    """Stopped in the middle."""
    left = group("not_started", "", "not started when the run was stopped", 1873, 18)
    return run(
        status="interrupted", sent=counts()[:3], confirmed=1065, not_started=1933, remainder=(left,), seconds=4.04
    )
