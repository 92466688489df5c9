"""A checked project and a catalog become compiled syncs.

Every expression that later decides a value is written here once, so that plan, compile and apply cannot disagree.
"""

from collections.abc import Iterator, Mapping

from pardotflow.config.persons import required_fields
from pardotflow.config.project import (
    CreateRule,
    Direction,
    FieldMapping,
    KeyForm,
    MatchKey,
    Project,
    Side,
    Sync,
)
from pardotflow.core.describe import Catalog, FieldInfo
from pardotflow.core.forms import Typed
from pardotflow.core.values import FieldType, System
from pardotflow.engine.comparison import Half, Pair, by_object, compare, form_of
from pardotflow.engine.compiled import (
    CompiledCreate,
    CompiledKey,
    CompiledMapping,
    CompiledSync,
    CompiledUsers,
    FieldHistory,
    Target,
)
from pardotflow.engine.histories import history_names, history_of
from pardotflow.engine.looks import Looks, raw_of
from pardotflow.engine.quote import literal, name
from pardotflow.engine.truth import Flow, flow_of
from pardotflow.engine.users import OWNER, OWNER_COLUMN, applies_to, user_column, users_of_mappings
from pardotflow.graph.digest import mapping_digest


def compile_project(project: Project, catalog: Catalog) -> tuple[CompiledSync, ...]:
    """All syncs of a project, in the order in which they are planned (see `graph.dag`)."""
    return tuple(compile_sync(sync, catalog) for sync in project.syncs)


def compile_sync(sync: Sync, catalog: Catalog) -> CompiledSync:
    """One sync. The project has been checked: a name that the catalog does not know is read as text."""
    looks = {x.system: Looks(x, y, catalog) for x, y in ((sync.a, sync.b), (sync.b, sync.a))}
    a, b = looks[sync.a.system], looks[sync.b.system]
    keys = tuple(_key(n, key, a, b) for n, key in enumerate(sync.match))
    mappings = tuple(_mapping(n, m, sync, a, b) for n, m in enumerate(sync.fields))
    creates = tuple(
        _create(rule, system, "b" if system is sync.b.system else "a", looks) for system, rule in sync.create.items()
    )
    for rule in sync.create.values():
        source = a if looks[sync.b.system].knows(rule.object) else b
        source.need_expression(rule.when)
        for expression in rule.set.values():
            source.need_expression(expression)
        if not rule.retroactive:
            source.need_created()
    for system, pick in sync.pick.items():
        looks[system].need_expression(pick.sql)
    return CompiledSync(
        name=sync.name,
        strength=sync.strength,
        a=a.side("a"),
        b=b.side("b"),
        keys=keys,
        mappings=mappings,
        creates=creates,
        deletes=sync.deletes,
        picks={("b" if system is sync.b.system else "a"): pick for system, pick in sync.pick.items()},
        deletes_line=sync.at("deletes").short,
        guards=sync.guards,
        span=sync.span,
        duplicate_rule=sync.duplicate_rule,
        users=(*users_of_mappings(sync, mappings), *_owners(sync, looks)),
        paused_at=sync.at("paused").short if sync.paused else "",
    )


def _owners(sync: Sync, looks: Mapping[System, Looks]) -> Iterator[CompiledUsers]:
    """The translation that the owner of a new record needs."""
    rule = sync.create.get(System.SALESFORCE)
    if rule and rule.owner:
        source = looks[System.PARDOT]
        fields = {o: source.need(o, rule.owner.field) for o in source.of.names}
        yield CompiledUsers(
            sync=sync.name,
            role="b",
            column=OWNER_COLUMN,
            raw=raw_of("b", fields),
            source=System.PARDOT,
            target=System.SALESFORCE,
            users=rule.owner.users,
            is_needed=any(m.users and m.a and m.a.name_in(rule.object).lower() == OWNER.lower() for m in sync.fields),
        )


def snapshot_table(connection: str, object_name: str) -> str:
    """The snapshot of one object."""
    return f"snap.{name(f'{connection}.{object_name}')}"


def _applies(role: str, side: Side, fields: Mapping[str, FieldInfo]) -> str:
    """SQL that is true for the objects which have the field."""
    if len(fields) == len(side.names):
        return "true"
    return f"{role}._obj in ({', '.join(literal(o) for o in fields)})"


def _is_known(sync: Sync, side: Side, fields: Mapping[str, FieldInfo]) -> str:
    """SQL that is false for a new record whose parent is given with it: what the parent holds is not known yet."""
    rule = sync.create.get(side.system)
    path = fields[rule.object].name if rule and rule.object in fields else ""
    if rule is None or "." not in path:
        return "true"
    relation = path.partition(".")[0]
    parent_id = (f"{relation[:-1]}c" if relation.endswith("__r") else f"{relation}Id").lower()
    refs = (m.a if side is sync.a else m.b for m in sync.fields)
    given = {f.lower() for f in rule.set} | {ref.name_in(rule.object).lower() for ref in refs if ref}
    return f"not starts_with({'a' if side is sync.a else 'b'}._id, 'new:')" if parent_id in given else "true"


def _declared(fields: Mapping[str, FieldInfo], system: System) -> list[Typed]:
    return [Typed(type=f.type, system=system) for f in fields.values()] or [Typed(type=FieldType.TEXT, system=system)]


def _targets(fields: Mapping[str, FieldInfo], outs: Mapping[str, str]) -> tuple[Target, ...]:
    return tuple(
        Target(
            object=o,
            field=f.name,
            type=f.type,
            length=f.length,
            restricted=f.picklist_values if f.restricted_picklist else (),
            required=f.required_on_create,
            createable=f.createable,
            out=outs[o],
        )
        for o, f in fields.items()
    )


def _mapping(number: int, mapping: FieldMapping, sync: Sync, a: Looks, b: Looks) -> CompiledMapping:
    flow = flow_of(mapping.direction, sync.a.system, sync.b.system, mapping.preset)
    fields_a = a.need_ref(mapping.a) if mapping.a else {}
    fields_b = b.need_ref(mapping.b) if mapping.b else {}
    if mapping.sql:
        (a if flow is Flow.A_TO_B else b).need_expression(mapping.sql)
    computed = f"_x_{number}"
    pair = Pair(
        a=Half(
            raw=raw_of("a", fields_a) if mapping.a else f"a.{computed}",
            types=_declared(fields_a if mapping.a else fields_b, sync.a.system),
            targets=fields_a,
        ),
        b=Half(
            raw=raw_of("b", fields_b) if mapping.b else f"b.{computed}",
            types=_declared(fields_b if mapping.b else fields_a, sync.b.system),
            targets=fields_b,
        ),
        user=_user(number, mapping, flow),
    )
    compared = compare(mapping, flow, pair)
    applies = [
        _applies("a", sync.a, fields_a) if mapping.a else "true",
        _applies("b", sync.b, fields_b) if mapping.b else "true",
    ]
    applies += [_is_known(sync, side, fields) for side, fields in ((sync.a, fields_a), (sync.b, fields_b))]
    if mapping.users:
        source, raw = (sync.a, pair.a.raw) if flow is Flow.A_TO_B else (sync.b, pair.b.raw)
        applies.append(applies_to(mapping.users, "a" if source is sync.a else "b", raw, source.system))
    return CompiledMapping(
        number=number,
        mapping=mapping,
        flow=flow,
        form=compared.form,
        stored_a=compared.stored_a,
        stored_b=compared.stored_b,
        digest=mapping_digest(sync, mapping),
        raw_a=pair.a.raw,
        raw_b=pair.b.raw,
        cmp_a=compared.cmp_a,
        cmp_b=compared.cmp_b,
        out_a=by_object("a", compared.outs_a),
        out_b=by_object("b", compared.outs_b),
        sent_a=compared.sent_a,
        sent_b=compared.sent_b,
        applies=" and ".join(x for x in applies if x != "true") or "true",
        targets_a=_targets(fields_a, compared.outs_a),
        targets_b=_targets(fields_b, compared.outs_b),
        field_a={o: f.name for o, f in fields_a.items()},
        field_b={o: f.name for o, f in fields_b.items()},
        histories={o: _history(a, o, f) for o, f in fields_a.items()} if mapping.asks_history else {},
    )


def _user(number: int, mapping: FieldMapping, flow: Flow) -> str:
    """The column with the translated user, for a mapping of users."""
    return f"{'a' if flow is Flow.A_TO_B else 'b'}.{user_column(number)}" if mapping.users else ""


def _history(looks: Looks, object_name: str, field: FieldInfo) -> FieldHistory:
    """The history of one field: what the describe tells, else the vendor's way of naming it."""
    found = history_of(looks.infos[object_name])
    return FieldHistory(
        object=found.object,
        parent=found.parent,
        names=history_names(field),
        relation=snapshot_table(str(looks.of.system), found.object),
    )


def _key(number: int, key: MatchKey, a: Looks, b: Looks) -> CompiledKey:
    parts = [(a.need_ref(part.a), b.need_ref(part.b)) for part in key.parts]
    fields_a, fields_b = parts[0]
    raw_a, raw_b = raw_of("a", fields_a), raw_of("b", fields_b)
    names = ""
    id_fields: dict[str, str] = {}
    # An address with an id in it says who the counterpart is, and no id is written over it.
    is_url = key.form is KeyForm.URL
    if _is_id(a, fields_a):
        names, id_fields = "b", {} if is_url else {o: f.name for o, f in fields_b.items()}
        value_a, value_b = "nf_id(a._id)", f"nf_{'url' if is_url else 'id'}({raw_b})"
    elif _is_id(b, fields_b):
        names, id_fields = "a", {} if is_url else {o: f.name for o, f in fields_a.items()}
        form = "id" if b.of.system is System.SALESFORCE else "number"
        value_a, value_b = f"nf_{'url' if is_url else form}({raw_a})", f"nf_{form}(b._id)"
    else:
        forms = [_key_form(key.form, x, a, y, b) for x, y in parts]
        value_a = _joined([f"nf_{form}({raw_of('a', x)})" for form, (x, _) in zip(forms, parts, strict=True)])
        value_b = _joined([f"nf_{form}({raw_of('b', y)})" for form, (_, y) in zip(forms, parts, strict=True)])
    return CompiledKey(
        number=number,
        name=key.name,
        kind=key.kind,
        value_a=value_a,
        value_b=value_b,
        names=names,
        id_fields=id_fields,
        line=key.span.short,
        lookup_a=_lookups([x for x, _ in parts]),
        lookup_b=_lookups([y for _, y in parts]),
        is_within=is_url,
    )


def _key_form(form: KeyForm, x: Mapping[str, FieldInfo], a: Looks, y: Mapping[str, FieldInfo], b: Looks) -> str:
    """The macro that brings both fields of one part to one form."""
    if form is KeyForm.TYPED:
        return str(form_of(_declared(x, a.of.system), _declared(y, b.of.system)))
    return "text" if form is KeyForm.EXACT else str(form)


def _joined(values: list[str]) -> str:
    """SQL of a key of several values: blank where one of them is."""
    if len(values) == 1:
        return values[0]
    return f"({' || chr(31) || '.join(values)})"


def _lookups(parts: list[Mapping[str, FieldInfo]]) -> Mapping[str, tuple[str, ...]]:
    """By object: the fields of the key, for the objects that have all of them."""
    return {o: tuple(fields[o].name for fields in parts) for o in parts[0] if all(o in fields for fields in parts)}


def _is_id(looks: Looks, fields: Mapping[str, FieldInfo]) -> bool:
    """True when the key's field on this side is the record's own id. A warehouse has no ids of its own."""
    return looks.of.system is not System.WAREHOUSE and {f.name.lower() for f in fields.values()} == {"id"}


def _create(rule: CreateRule, system: System, role: str, looks: Mapping[System, Looks]) -> CompiledCreate:
    target = looks[system]
    infos = target.infos[rule.object]
    targets = {
        f.name: Target(
            object=rule.object,
            field=f.name,
            type=f.type,
            length=f.length,
            restricted=f.picklist_values if f.restricted_picklist else (),
            required=f.required_on_create,
            createable=f.createable,
            out="",
        )
        for f in infos.fields
    }
    canonical = {(infos.field(f) or FieldInfo(name=f, type=FieldType.TEXT)).name: sql for f, sql in rule.set.items()}
    for field in (*canonical, rule.key, OWNER if rule.owner else ""):
        if field:
            target.need(rule.object, field)
    return CompiledCreate(
        role=role,
        system=system,
        object=rule.object,
        rule=rule,
        when=rule.when,
        set=canonical,
        targets=targets,
        required=required_fields(infos, of_person=rule.object == target.person_accounts),
        line=rule.span.short,
    )


def target_side(mapping: CompiledMapping, role: str) -> bool:
    """True when the mapping may write to the side."""
    if mapping.mapping.direction is Direction.TWO_WAY:
        return True
    return (mapping.flow is Flow.A_TO_B) == (role == "b")
