"""The fields of one side while a sync is compiled: what is known of each, and which of them the sync needs."""

from collections.abc import Mapping

from pardotflow.config.creates import CREATED
from pardotflow.config.persons import IS_PERSON, PERSON_CONTACT, PERSON_EMAIL, person_accounts
from pardotflow.config.project import FieldRef, Side
from pardotflow.core.describe import Catalog, FieldInfo, ObjectInfo
from pardotflow.core.values import FieldType, System
from pardotflow.engine.compiled import CompiledObject, CompiledSide
from pardotflow.engine.expressions import columns_of
from pardotflow.engine.quote import literal, name
from pardotflow.engine.readmodels import column_info, columns_beside, narrowed, with_columns

# Read for every record of a person, so that plans can name it and links can follow it.
PERSON_FIELDS: Mapping[tuple[System, str], tuple[str, ...]] = {
    (System.SALESFORCE, "Contact"): ("Name", "Email"),
    (System.SALESFORCE, "Lead"): ("Name", "Email", "IsConverted", "ConvertedContactId"),
    (System.PARDOT, "prospect"): ("email", "firstName", "lastName", "salesforceId"),
}
_OF_PERSON = ("Name", PERSON_EMAIL, PERSON_CONTACT, IS_PERSON)


class Looks:
    """Looks up fields of one side and remembers which were needed."""

    def __init__(self, side: Side, other: Side, catalog: Catalog) -> None:
        self.of = side
        self._catalog = catalog
        self.columns: dict[str, FieldType] = {}
        self.infos = {o: catalog.find(str(side.system), o) or _nothing(o) for o in side.names}
        self.needed: dict[str, dict[str, FieldType]] = {o: {} for o in side.names}
        contacts = next((o for o in side.names if o.lower() == "contact"), "")
        self.person_contacts = self._with_persons(contacts, (IS_PERSON,))
        self.person_accounts = self._with_persons(person_accounts(side, other), _OF_PERSON)
        for item in side.names:
            for field in PERSON_FIELDS.get((side.system, item), ()):
                self.need(item, field)
        for condition in (side.select, side.do_not_sync):
            self.need_expression(condition)

    def _with_persons(self, object_name: str, fields: tuple[str, ...]) -> str:
        """The object, with the fields that tell people from others; empty where the org does not have or show them."""
        has_all = bool(object_name) and self.of.system is System.SALESFORCE
        if not has_all or any(self.infos[object_name].field(field) is None for field in fields):
            return ""
        for field in fields:
            self.need(object_name, field)
        return object_name

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
        if (object_name, field) == (self.person_accounts, IS_PERSON):
            # An account that a sync makes is a person's.
            return "true"
        info = self.infos[object_name].field(field)
        return info.default if info else None

    def side(self, role: str) -> CompiledSide:
        objects = tuple(
            CompiledObject(
                name=o,
                relation=with_columns(self.of, _relation_of(self.of, o), self.columns),
                rows=_relation_of(self.of, o),
                columns=columns_beside(self.of, self.columns),
                fields=dict(sorted(self.needed[o].items())),
                defaults={f: d for f in sorted(self.needed[o]) if (d := self._default(o, f)) is not None},
            )
            for o in self.of.names
        )
        return CompiledSide(
            role=role,
            system=self.of.system,
            objects=objects,
            config=narrowed(self.of),
            person_contacts=self.person_contacts,
            person_accounts=self.person_accounts,
        )


def _relation_of(side: Side, object_name: str) -> str:
    """The view with a side's rows: over a snapshot, or over a model."""
    if side.system is System.WAREHOUSE:
        return name(f"rows.warehouse.{side.model}")
    return name(f"rows.{side.system}.{object_name}")


def _nothing(object_name: str) -> ObjectInfo:
    return ObjectInfo(name=object_name, label=object_name, fields=())


def raw_of(role: str, fields: Mapping[str, FieldInfo]) -> str:
    """SQL for what a side holds; objects may name the field differently."""
    names = {f.name for f in fields.values()}
    if len(names) == 1:
        return f"{role}.{name(names.pop())}"
    cases = " ".join(f"when {literal(o)} then {role}.{name(f.name)}" for o, f in fields.items())
    return f"case {role}._obj {cases} end" if cases else "null"
