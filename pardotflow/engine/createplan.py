"""What a new record is made of: mapped values, the create rule's own, and the key that makes a retry harmless."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pardotflow.config.creates import CREATED
from pardotflow.config.project import MatchKind, TooLong
from pardotflow.config.user_map import OwnerRule
from pardotflow.core.forms import Form
from pardotflow.core.values import FieldType, System
from pardotflow.engine.compile import target_side
from pardotflow.engine.compiled import CompiledCreate, CompiledKey, CompiledMapping, CompiledSync, Target
from pardotflow.engine.focus import OTHER, Focus
from pardotflow.engine.moments import rule_start
from pardotflow.engine.quote import literal
from pardotflow.engine.users import OWNER, OWNER_COLUMN


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateKey:
    """A match key as the source of a create sees it."""

    number: int
    value: str
    addresses: tuple[tuple[str, str], ...] = ()
    """Of an e-mail key: object and field of the side where the new record is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateItem:
    """One field of a new record. The lowest `rank` wins where several give the same field."""

    field: str
    type: str
    value: str
    form_value: str
    raw: str
    mapping: str
    digest: str
    length: int
    cut: bool
    restricted: tuple[str, ...]
    applies: str
    line: str
    pii: str
    rank: int
    default: str = ""
    """What a new record holds in the field where nothing is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteBack:
    """Where the new record's id is kept in the record it was made from."""

    object: str
    field: str
    type: str
    line: str


def create_values(sync: CompiledSync, create: CompiledCreate, focus: Focus, *, share: bool) -> dict[str, object]:
    """What the templates of one create rule are filled with. `share` is true in a unit that allows several prospects
    for one address; only there does the rule's `share_email` lift the check of the e-mail."""
    source = OTHER[create.role]
    side = sync.side(source)
    symmetric = [_key_of(k, source) for k in sync.keys if not k.names]
    shared = {k.number for k in sync.keys if create.rule.share_email and share and k.kind is MatchKind.EMAIL}
    key = key_field(sync, create)
    key_is_id = any(key == k.id_fields.get(create.object) for k in _naming(sync, create.role))
    naming = [_naming_key_of(sync, k, source) for k in _naming(sync, create.role)]
    items = _items(sync, create, source)
    return {
        "sync": sync,
        "source": source,
        "source_system": str(side.system),
        "target_system": str(create.system),
        "target_object": create.object,
        "symmetric_keys": symmetric,
        "share_email_keys": sorted(shared),
        "asked_keys": [k for k in (*symmetric, *naming) if k.number not in shared],
        "rule_when": create.when,
        "has_owner": create.rule.owner is not None,
        "owner": f"s.{OWNER_COLUMN}" if create.rule.owner else "cast(null as varchar)",
        "created": "" if create.rule.retroactive else CREATED.get(side.system, ""),
        "rule_start": rule_start(sync, create, begins=not focus.is_narrow),
        "line": create.line,
        "items": items,
        "unique_address": not share and gives_address(sync, create, items),
        "target_objects": [o.name for o in sync.side(create.role).objects],
        "required": [*create.required, *([] if key_is_id or not key or key in create.required else [key])],
        "key_field": key,
        "key_is_id": key_is_id and not side.person_accounts,
        "write_backs": _write_backs(sync, create, source),
        "focus_role": focus.of(side.system),
    }


def gives_address(sync: CompiledSync, create: CompiledCreate, items: Iterable[CreateItem]) -> bool:
    """True where a rule makes prospects with an address, and the addresses of the others are known."""
    known = {f for o in sync.side(create.role).objects if o.name == "prospect" for f in o.fields}
    is_prospect = (create.system, create.object) == (System.PARDOT, "prospect")
    return is_prospect and "email" in known and any(item.field == "email" for item in items)


def _key_of(key: CompiledKey, source: str) -> CreateKey:
    lookup = key.lookup_b if source == "a" else key.lookup_a
    addresses = [(item, field) for item, fields in lookup.items() for field in fields]
    return CreateKey(
        number=key.number,
        value=key.form(source),
        addresses=tuple(addresses) if key.kind is MatchKind.EMAIL else (),
    )


def _naming_key_of(sync: CompiledSync, key: CompiledKey, source: str) -> CreateKey:
    """A key by which the other side names the source's record."""
    found = _key_of(key, source)
    return replace(found, value=f"nf_id({_told(sync, source)})") if sync.side(source).person_accounts else found


def _told(sync: CompiledSync, role: str) -> str:
    """The id by which the other system knows a record: of a person account that of its contact."""
    return f"coalesce({role}._told, {role}._id)" if sync.side(role).person_accounts else f"{role}._id"


def key_field(sync: CompiledSync, create: CompiledCreate) -> str:
    """The target's field that carries the source's id: the declared key, or the one that a match key names."""
    return create.rule.key or next((f for k in _naming(sync, create.role) if (f := k.id_fields.get(create.object))), "")


def _naming(sync: CompiledSync, role: str) -> list[CompiledKey]:
    return [k for k in sync.keys if k.names == role]


def _items(sync: CompiledSync, create: CompiledCreate, source: str) -> list[CreateItem]:
    mapped = {
        target.field: (mapping, target)
        for mapping in sync.mappings
        for target in (mapping.targets_a if create.role == "a" else mapping.targets_b)
        if target.object == create.object
    }
    defaults = next(o.defaults for o in sync.side(create.role).objects if o.name == create.object)
    items = [_set_item(create, n, field, source, mapped) for n, field in enumerate(create.set)]
    for key in _naming(sync, create.role):
        if create.object in key.id_fields:
            items.append(_key_item(create, key, _told(sync, source)))
    if create.rule.owner:
        items.append(_owner_item(create, create.rule.owner, source))
    for mapping, target in mapped.values():
        if target.createable and target_side(mapping, create.role):
            items.append(_mapping_item(mapping, target, source))
    return [replace(item, default=defaults.get(item.field, "")) for item in items]


def _set_item(
    create: CompiledCreate, number: int, field: str, source: str, mapped: Mapping[str, tuple[CompiledMapping, Target]]
) -> CreateItem:
    """A value of the rule's own. It makes no base, mapped or not: what the two sides hold need not agree."""
    target = create.targets.get(field)
    value = f"{source}._create_set_{number}"
    span = create.rule.set_spans.get(field)
    return CreateItem(
        field=field,
        type=str(target.type if target else FieldType.TEXT),
        value=value,
        form_value=f"nf_text({value})",
        raw=value,
        mapping="",
        digest="",
        length=target.length if target else 0,
        cut=True,
        restricted=target.restricted if target else (),
        applies="true",
        line=span.short if span else create.line,
        pii=mapped[field][0].mapping.pii if field in mapped else "",
        rank=0,
    )


def _owner_item(create: CompiledCreate, owner: OwnerRule, source: str) -> CreateItem:
    value = f"{source}.{OWNER_COLUMN}"
    return CreateItem(
        field=OWNER,
        type=str(FieldType.ID),
        value=value,
        form_value=f"nf_text({value})",
        raw=value,
        mapping="",
        digest="",
        length=0,
        cut=False,
        restricted=(),
        applies="true",
        line=owner.span.short,
        pii="",
        rank=1,
    )


def _key_item(create: CompiledCreate, key: CompiledKey, told: str) -> CreateItem:
    field = key.id_fields[create.object]
    target = create.targets.get(field)
    return CreateItem(
        field=field,
        type=str(target.type if target else FieldType.TEXT),
        value=told,
        form_value=f"nf_text({told})",
        raw=told,
        mapping="",
        digest="",
        length=0,
        cut=False,
        restricted=(),
        applies="true",
        line=key.line,
        pii="",
        rank=1,
    )


def _mapping_item(mapping: CompiledMapping, target: Target, source: str) -> CreateItem:
    fields = mapping.field_a if source == "a" else mapping.field_b
    return CreateItem(
        field=target.field,
        type=str(target.type),
        value=target.out,
        form_value=mapping.form_a if source == "a" else mapping.form_b,
        raw=mapping.raw_a if source == "a" else mapping.raw_b,
        mapping=mapping.mapping.key,
        digest=mapping.digest,
        length=target.length,
        cut=mapping.mapping.too_long is TooLong.CUT and mapping.form is Form.TEXT,
        restricted=target.restricted,
        applies=f"{source}._obj in ({', '.join(literal(o) for o in fields)})" if fields else "true",
        line=mapping.mapping.span.short,
        pii=mapping.mapping.pii,
        rank=2,
    )


def _write_backs(sync: CompiledSync, create: CompiledCreate, source: str) -> list[WriteBack]:
    if create.object == sync.side(create.role).person_accounts:
        # The id of its contact, by which a person account is known, is read only after the account was made.
        return []
    side = sync.side(source)
    return [
        WriteBack(object=o, field=f, type=str(side.type_in(o, f)), line=key.line)
        for key in _naming(sync, source)
        for o, f in key.id_fields.items()
    ]
