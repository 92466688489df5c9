"""A checked project and a catalog become compiled syncs.

Every expression that later decides a value is written here once, so that plan, compile and apply cannot disagree.
"""

from collections.abc import Iterator, Mapping

from pardotflow.config.creates import CREATED
from pardotflow.config.project import (
    CreateRule,
    Direction,
    FieldMapping,
    FieldRef,
    KeyForm,
    MatchKey,
    Policy,
    Project,
    Side,
    Sync,
)
from pardotflow.core.describe import Catalog, FieldInfo, ObjectInfo
from pardotflow.core.values import FieldType, System
from pardotflow.engine.compiled import (
    CompiledCreate,
    CompiledKey,
    CompiledMapping,
    CompiledObject,
    CompiledSide,
    CompiledSync,
    CompiledUsers,
    FieldHistory,
    Target,
)
from pardotflow.engine.expressions import columns_of
from pardotflow.engine.histories import history_names, history_of
from pardotflow.engine.quote import literal, name
from pardotflow.engine.readmodels import column_info, columns_beside, narrowed, with_columns
from pardotflow.engine.truth import Flow, flow_of
from pardotflow.engine.types import Form, map_case, pair_form, written
from pardotflow.engine.users import OWNER, OWNER_COLUMN, applies_to, user_column, users_of_mappings
from pardotflow.graph.digest import mapping_digest

# Read for every record of a person, so that plans can name it and links can follow it.
PERSON_FIELDS: Mapping[tuple[System, str], tuple[str, ...]] = {
    (System.SALESFORCE, "Contact"): ("Name", "Email"),
    (System.SALESFORCE, "Lead"): ("Name", "Email", "IsConverted", "ConvertedContactId"),
    (System.PARDOT, "prospect"): ("email", "firstName", "lastName", "salesforceId"),
}


def compile_project(project: Project, catalog: Catalog) -> tuple[CompiledSync, ...]:
    """All syncs of a project, in the order in which they are planned (see `graph.dag`)."""
    return tuple(compile_sync(sync, catalog) for sync in project.syncs)


def compile_sync(sync: Sync, catalog: Catalog) -> CompiledSync:
    """One sync. The project has been checked: a name that the catalog does not know is read as text."""
    looks = {side.system: _Looks(side, catalog) for side in sync.sides}
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


def _owners(sync: Sync, looks: Mapping[System, "_Looks"]) -> Iterator[CompiledUsers]:
    """The translation that the owner of a new record needs."""
    rule = sync.create.get(System.SALESFORCE)
    if rule and rule.owner:
        source = looks[System.PARDOT]
        fields = {o: source.need(o, rule.owner.field) for o in source.of.names}
        yield CompiledUsers(
            role="b",
            column=OWNER_COLUMN,
            raw=_raw("b", fields),
            source=System.PARDOT,
            target=System.SALESFORCE,
            users=rule.owner.users,
        )


class _Looks:
    """Looks up fields of one side and remembers which were needed."""

    def __init__(self, side: Side, catalog: Catalog) -> None:
        self.of = side
        self._catalog = catalog
        self.columns: dict[str, FieldType] = {}
        self.infos = {o: catalog.find(str(side.system), o) or _nothing(o) for o in side.names}
        self.needed: dict[str, dict[str, FieldType]] = {o: {} for o in side.names}
        for item in side.names:
            for field in PERSON_FIELDS.get((side.system, item), ()):
                self.need(item, field)
        for condition in (side.select, side.do_not_sync):
            self.need_expression(condition)

    def knows(self, object_name: str) -> bool:
        return object_name in self.infos

    def need(self, object_name: str, field: str) -> FieldInfo:
        """The field, noted as needed."""
        column = column_info(self.of, object_name, field, self._catalog)
        if column is not None:
            self.columns[column.name] = column.type
            return column
        info = self.infos[object_name].field(field) or FieldInfo(name=field, type=FieldType.TEXT)
        self.needed[object_name][info.name] = info.type
        return info

    def need_ref(self, ref: FieldRef) -> dict[str, FieldInfo]:
        return {o: self.need(o, f) for o in self.of.names if (f := ref.name_in(o))}

    def need_expression(self, expression: str) -> None:
        """Every column that the expression names, in every object that has it."""
        for column in columns_of(expression):
            for item, info in self.infos.items():
                if info.field(column) is not None or column_info(self.of, item, column, self._catalog) is not None:
                    self.need(item, column)

    def need_created(self) -> None:
        """When each record was made."""
        if field := CREATED.get(self.of.system):
            for item in self.of.names:
                self.need(item, field)

    def _default(self, object_name: str, field: str) -> str | None:
        info = self.infos[object_name].field(field)
        return info.default if info else None

    def side(self, role: str) -> CompiledSide:
        objects = tuple(
            CompiledObject(
                name=o,
                relation=with_columns(self.of, relation_of(self.of, o), self.columns),
                rows=relation_of(self.of, o),
                columns=columns_beside(self.of, self.columns),
                fields=dict(sorted(self.needed[o].items())),
                defaults={f: d for f in sorted(self.needed[o]) if (d := self._default(o, f)) is not None},
            )
            for o in self.of.names
        )
        return CompiledSide(role=role, system=self.of.system, objects=objects, config=narrowed(self.of))


def relation_of(side: Side, object_name: str) -> str:
    """The view with a side's rows: over a snapshot, or over a model."""
    if side.system is System.WAREHOUSE:
        return name(f"rows.warehouse.{side.model}")
    return name(f"rows.{side.system}.{object_name}")


def snapshot_table(connection: str, object_name: str) -> str:
    """The snapshot of one object."""
    return f"snap.{name(f'{connection}.{object_name}')}"


def _nothing(object_name: str) -> ObjectInfo:
    return ObjectInfo(name=object_name, label=object_name, fields=())


def _raw(role: str, fields: Mapping[str, FieldInfo]) -> str:
    """SQL for what a side holds; objects may name the field differently."""
    names = {f.name for f in fields.values()}
    if len(names) == 1:
        return f"{role}.{name(names.pop())}"
    cases = " ".join(f"when {literal(o)} then {role}.{name(f.name)}" for o, f in fields.items())
    return f"case {role}._obj {cases} end" if cases else "null"


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


def _first_type(fields: Mapping[str, FieldInfo]) -> FieldType:
    return next((f.type for f in fields.values()), FieldType.TEXT)


def _targets(fields: Mapping[str, FieldInfo], mapping: FieldMapping) -> tuple[Target, ...]:
    return tuple(
        Target(
            object=o,
            field=f.name,
            type=f.type,
            length=f.length,
            restricted=f.picklist_values if f.restricted_picklist else (),
            required=f.required_on_create,
            createable=f.createable,
        )
        for o, f in fields.items()
    )


def _mapping(number: int, mapping: FieldMapping, sync: Sync, a: _Looks, b: _Looks) -> CompiledMapping:
    flow = flow_of(mapping.direction, sync.a.system, sync.b.system, mapping.preset)
    fields_a = a.need_ref(mapping.a) if mapping.a else {}
    fields_b = b.need_ref(mapping.b) if mapping.b else {}
    if mapping.sql:
        (a if flow is Flow.A_TO_B else b).need_expression(mapping.sql)
    computed = f"_x_{number}"
    raw_a = _raw("a", fields_a) if mapping.a else f"a.{computed}"
    raw_b = _raw("b", fields_b) if mapping.b else f"b.{computed}"
    type_a = _first_type(fields_a) if mapping.a else _first_type(fields_b)
    type_b = _first_type(fields_b) if mapping.b else _first_type(fields_a)
    form = pair_form(type_a, sync.a.system, type_b, sync.b.system)
    if mapping.policy is Policy.CONSENT and form is Form.BOOLEAN:
        form = Form.CHECKBOX
    cmp_a, cmp_b = f"nf_{form}({raw_a})", f"nf_{form}({raw_b})"
    out_b = written(form, type_b, sync.b.system, raw_a, cmp_a)
    out_a = written(form, type_a, sync.a.system, raw_b, cmp_b)
    if mapping.users:
        # Users are compared by the id that the target system gives them.
        form, role = Form.TEXT, "a" if flow is Flow.A_TO_B else "b"
        user = f"{role}.{user_column(number)}"
        cmp_a, cmp_b = (user, f"nf_text({raw_b})") if role == "a" else (f"nf_text({raw_a})", user)
        out_a = out_b = user
    if mapping.values:
        pairs = mapping.values.pairs
        if flow is Flow.B_TO_A:
            out_a = map_case(f"nf_text({raw_b})", raw_b, [(y, x) for x, y in pairs])
            cmp_b = f"nf_{form}({out_a})"
        else:
            out_b = map_case(f"nf_text({raw_a})", raw_a, pairs)
            cmp_a = f"nf_{form}({out_b})"
            out_a = map_case(f"nf_text({raw_b})", raw_b, [(y, x) for x, y in pairs])
    applies = [
        _applies("a", sync.a, fields_a) if mapping.a else "true",
        _applies("b", sync.b, fields_b) if mapping.b else "true",
    ]
    applies += [_is_known(sync, side, fields) for side, fields in ((sync.a, fields_a), (sync.b, fields_b))]
    if mapping.users:
        source, raw = (sync.a, raw_a) if flow is Flow.A_TO_B else (sync.b, raw_b)
        applies.append(applies_to(mapping.users, "a" if source is sync.a else "b", raw, source.system))
    return CompiledMapping(
        number=number,
        mapping=mapping,
        flow=flow,
        form=form,
        digest=mapping_digest(sync, mapping),
        raw_a=raw_a,
        raw_b=raw_b,
        cmp_a=cmp_a,
        cmp_b=cmp_b,
        out_a=out_a,
        out_b=out_b,
        applies=" and ".join(x for x in applies if x != "true") or "true",
        targets_a=_targets(fields_a, mapping),
        targets_b=_targets(fields_b, mapping),
        field_a={o: f.name for o, f in fields_a.items()},
        field_b={o: f.name for o, f in fields_b.items()},
        histories={o: _history(a, o, f) for o, f in fields_a.items()} if mapping.asks_history else {},
    )


def _history(looks: _Looks, object_name: str, field: FieldInfo) -> FieldHistory:
    """The history of one field: what the describe tells, else the vendor's way of naming it."""
    found = history_of(looks.infos[object_name])
    return FieldHistory(
        object=found.object,
        parent=found.parent,
        names=history_names(field),
        relation=snapshot_table(str(looks.of.system), found.object),
    )


def _key(number: int, key: MatchKey, a: _Looks, b: _Looks) -> CompiledKey:
    parts = [(a.need_ref(part.a), b.need_ref(part.b)) for part in key.parts]
    fields_a, fields_b = parts[0]
    raw_a, raw_b = _raw("a", fields_a), _raw("b", fields_b)
    names = ""
    id_fields: dict[str, str] = {}
    if _is_id(a, fields_a):
        names, id_fields = "b", {o: f.name for o, f in fields_b.items()}
        value_a, value_b = "nf_id(a._id)", f"nf_id({raw_b})"
    elif _is_id(b, fields_b):
        names, id_fields = "a", {o: f.name for o, f in fields_a.items()}
        form = "id" if b.of.system is System.SALESFORCE else "number"
        value_a, value_b = f"nf_{form}({raw_a})", f"nf_{form}(b._id)"
    else:
        forms = [_key_form(key.form, x, a, y, b) for x, y in parts]
        value_a = _joined([f"nf_{form}({_raw('a', x)})" for form, (x, _) in zip(forms, parts, strict=True)])
        value_b = _joined([f"nf_{form}({_raw('b', y)})" for form, (_, y) in zip(forms, parts, strict=True)])
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
    )


def _key_form(form: KeyForm, x: Mapping[str, FieldInfo], a: _Looks, y: Mapping[str, FieldInfo], b: _Looks) -> str:
    """The macro that brings both fields of one part to one form."""
    if form is KeyForm.TYPED:
        return str(pair_form(_first_type(x), a.of.system, _first_type(y), b.of.system))
    return "text" if form is KeyForm.EXACT else str(form)


def _joined(values: list[str]) -> str:
    """SQL of a key of several values: blank where one of them is."""
    if len(values) == 1:
        return values[0]
    return f"({' || chr(31) || '.join(values)})"


def _lookups(parts: list[Mapping[str, FieldInfo]]) -> Mapping[str, tuple[str, ...]]:
    """By object: the fields of the key, for the objects that have all of them."""
    return {o: tuple(fields[o].name for fields in parts) for o in parts[0] if all(o in fields for fields in parts)}


def _is_id(looks: _Looks, fields: Mapping[str, FieldInfo]) -> bool:
    """True when the key's field on this side is the record's own id. A warehouse has no ids of its own."""
    return looks.of.system is not System.WAREHOUSE and {f.name.lower() for f in fields.values()} == {"id"}


def _create(rule: CreateRule, system: System, role: str, looks: Mapping[System, _Looks]) -> CompiledCreate:
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
        required=tuple(f.name for f in infos.fields if f.required_on_create),
        line=rule.span.short,
    )


def target_side(mapping: CompiledMapping, role: str) -> bool:
    """True when the mapping may write to the side."""
    if mapping.mapping.direction is Direction.TWO_WAY:
        return True
    return (mapping.flow is Flow.A_TO_B) == (role == "b")
