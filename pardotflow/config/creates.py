"""Match keys and create rules of a sync.

The two short match keys are spelled out here as fields of both sides; a create rule for Pardot without a key carries
the Salesforce id, where that is a match key.
"""

from collections.abc import Mapping
from dataclasses import replace

from pardotflow.config.findings import Findings, suggest
from pardotflow.config.mappings import SyncFile
from pardotflow.config.nodes import Entry, ListNode, MapNode, Node, Scalar
from pardotflow.config.persons import PERSON_EMAIL, is_account
from pardotflow.config.project import CreateRule, FieldRef, KeyForm, KeyPart, MatchKey, MatchKind, Pick, Side
from pardotflow.config.sides import build_ref, fixed_ref
from pardotflow.config.user_map import OwnerRule
from pardotflow.config.users import build_owner
from pardotflow.config.write_rules import build_assignment_rule, build_duplicate_rule
from pardotflow.core.span import Span
from pardotflow.core.values import System

ID_FIELD = {System.SALESFORCE: "Id", System.PARDOT: "id"}
SALESFORCE_ID = {System.SALESFORCE: "Id", System.PARDOT: "salesforceId", System.WAREHOUSE: "salesforce_id"}
CREATED = {System.SALESFORCE: "CreatedDate", System.PARDOT: "createdAt"}
"""When a record was made, by its system's clock."""
ASSIGNED = "pardot.userId is not null"
"""Of which prospects a record is made in Salesforce where a rule does not say: of no unassigned one, as by the vendor's
connector."""
EMAIL = {System.SALESFORCE: "Email", System.PARDOT: "email", System.WAREHOUSE: "email"}


def _email_ref(side: Side, span: Span) -> FieldRef:
    """The e-mail field of every object of a side: that of an account is the person's."""
    ref = fixed_ref(EMAIL[side.system], side, span)
    if side.system is not System.SALESFORCE:
        return ref
    return replace(ref, by_object={o: PERSON_EMAIL if is_account(o) else f for o, f in ref.by_object.items()})


def build_match(items: tuple[Node, ...], sides: tuple[Side, Side], findings: Findings) -> tuple[MatchKey, ...]:
    """The match keys of trees that follow the sync schema, in file order."""
    return tuple(k for item in items if (k := _match_key(item, sides, findings)) is not None)


def _match_key(item: Node, sides: tuple[Side, Side], findings: Findings) -> MatchKey | None:
    if isinstance(item, Scalar):
        kind = MatchKind(item.text)
        is_email = kind is MatchKind.EMAIL
        a, b = (
            _email_ref(s, item.span) if is_email else fixed_ref(SALESFORCE_ID[s.system], s, item.span) for s in sides
        )
        form = KeyForm.EMAIL if kind is MatchKind.EMAIL else KeyForm.TYPED
        return MatchKey(kind=kind, parts=(KeyPart(a=a, b=b),), form=form, span=item.span)
    named = [_named_refs(item, side, findings) for side in sides] if isinstance(item, MapNode) else []
    if not isinstance(item, MapNode) or not all(named):
        return None
    if len(named[0]) != len(named[1]):
        help = "Name as many fields on the one side as on the other, in the same order."
        findings.error("PF148", "the two sides of this match key have not as many fields", item.span, help)
        return None
    parts = tuple(KeyPart(a=a, b=b) for a, b in zip(*named, strict=True))
    return _with_form(item, parts, sides, findings)


def _with_form(
    item: MapNode, parts: tuple[KeyPart, ...], sides: tuple[Side, Side], findings: Findings
) -> MatchKey | None:
    """The key of named fields: that of the two e-mail fields is the e-mail key, however its values are compared."""
    written = item.scalar("form")
    refs = [(side, ref) for part in parts for side, ref in zip(sides, (part.a, part.b), strict=True)]
    ids = [ref for side, ref in refs if side.system in ID_FIELD and _names(ref) == {"id"}]
    form = KeyForm(written.text) if written else None
    is_prospect = len(parts) == 1 and any(side.system is System.PARDOT and ref in ids for side, ref in refs)
    if written and form is KeyForm.URL and not is_prospect:
        message = "form: url reads the id of a prospect out of an address: the other field has to be the prospect's id"
        findings.error("PF148", message, written.span, "Write pardot: id beside the field with the address.")
        return None
    if ids and form is not KeyForm.URL and (len(parts) > 1 or form):
        message = "the id of a record is a match key alone, and is compared as an id"
        findings.error("PF148", message, ids[0].span, "Write a key of its own for it, without form.")
        return None
    is_email = len(parts) == 1 and all(_is_email(side, ref) for side, ref in refs)
    kind = MatchKind.EMAIL if is_email else MatchKind.LOOKUP
    default = KeyForm.EMAIL if is_email else KeyForm.TYPED
    return MatchKey(kind=kind, parts=parts, form=form or default, span=item.span)


def _is_email(side: Side, ref: FieldRef) -> bool:
    emails = _email_ref(side, ref.span)
    return bool(ref.by_object) and all(f.lower() == emails.name_in(o).lower() for o, f in ref.by_object.items())


def _names(ref: FieldRef) -> set[str]:
    return {name.lower() for name in ref.by_object.values()}


def _named_refs(item: MapNode, side: Side, findings: Findings) -> list[FieldRef]:
    """The fields of one side, in order; none where the key names none."""
    value = item.get(side.system)
    if value is None:
        stranger = next((e.key for e in item.entries if e.key.text not in (side.system, "form")), None)
        span = stranger.span if stranger else item.span
        findings.error("PF150", f"this match key names no field of {side.system}", span, "Name a field of both sides.")
        return []
    nodes = value.items if isinstance(value, ListNode) else (value,)
    return [build_ref(node, side, findings) for node in nodes]


def build_pick(node: MapNode, sides: tuple[Side, Side], findings: Findings) -> Mapping[System, Pick]:
    """Which candidate of a side is taken, of a tree that follows the sync schema."""
    picks: dict[System, Pick] = {}
    for entry in node.entries:
        system = System(entry.key.text)
        if system not in {s.system for s in sides}:
            findings.error("PF150", f"this sync has no {system} side", entry.key.span, "Remove the line.")
        elif isinstance(entry.value, MapNode):
            (word, sql), *_ = entry.value.scalars()
            picks[system] = Pick(sql=sql.text.strip(), is_last=word.text == "last", place=sql.place, span=sql.span)
    return picks


def build_creates(
    node: MapNode, file: SyncFile, match: tuple[MatchKey, ...], findings: Findings
) -> Mapping[System, CreateRule]:
    """The create rules of a tree that follows the sync schema."""
    rules: dict[System, CreateRule] = {}
    for entry in node.entries:
        system = System(entry.key.text)
        side = next((s for s in file.sides if s.system is system), None)
        if side is None:
            findings.error("PF150", f"this sync has no {system} side", entry.key.span, "Remove the rule.")
        elif isinstance(entry.value, MapNode):
            condition = ASSIGNED if system is System.SALESFORCE and not file.has_warehouse else ""
            rule = _rule(entry, entry.value, side, match, findings, condition)
            owner = _owner(entry.value, file, findings)
            rules |= {system: replace(rule, owner=owner)} if rule else {}
    return rules


def _owner(node: MapNode, file: SyncFile, findings: Findings) -> OwnerRule | None:
    entry = node.entry("owner")
    if entry is None:
        return None
    if file.has_warehouse:
        message = "owner: translates a user of pardot, and this sync has no pardot side"
        findings.error("PF180", message, entry.key.span, "Give OwnerId a value under set:.")
        return None
    return build_owner(node.mapping("owner"), file.folder, file.root, findings)


def _rule(
    entry: Entry, node: MapNode, side: Side, match: tuple[MatchKey, ...], findings: Findings, condition: str
) -> CreateRule | None:
    """The rule of one side; `condition` is what counts where it names none."""
    name = _object(entry, node, side, findings)
    if not name:
        return None
    values = dict(node.mapping("set").scalars())
    when = node.scalar("when")
    has_id_key = any(
        k.kind is MatchKind.SALESFORCE_ID and set(k.parts[0].a.by_object.values()) == {"Id"} for k in match
    )
    default_key = "salesforceId" if side.system is System.PARDOT and has_id_key else ""
    return CreateRule(
        assignment_rule=build_assignment_rule(node, findings),
        duplicate_rule=build_duplicate_rule(node),
        object=name,
        when=when.text.strip() if when else condition,
        set={k.text: v.text.strip() for k, v in values.items()},
        key=node.text("key", default_key),
        share_email=node.flag("share_email", default=False),
        insert_only=node.flag("insert_only", default=False),
        retroactive=node.flag("retroactive", default=True),
        span=entry.key.span,
        spans=node.spans(),
        set_spans={k.text: k.span for k in values},
        places=({"when": when.place} if when else {}) | {f"set.{k.text}": v.place for k, v in values.items()},
    )


def _object(entry: Entry, node: MapNode, side: Side, findings: Findings) -> str:
    """The object to create in the spelling of the side, or the empty text."""
    written = node.scalar("object")
    if written is None and len(side.objects) == 1:
        return side.objects[0]
    objects = ", ".join(side.objects)
    if written is None:
        message = f"the rule must say which object to create in {side.system}"
        findings.error("PF111", message, entry.key.span, f"Add object: one of {objects}.")
        return ""
    spelled = {o.lower(): o for o in side.objects}
    if written.text.lower() not in spelled:
        help = suggest(written.text, side.objects, "Objects of this side")
        findings.error("PF150", f'this sync has no object "{written.text}" in {side.system}', written.span, help)
    return spelled.get(written.text.lower(), "")
