"""A read model beside the one object of a side: what it computes for a record joins the record's own fields.

Only records that the model shows once take part. What it merely renames was brought to the field's own name when the
project was read; what is left here is read, and never written.
"""

from collections.abc import Mapping
from dataclasses import replace

from pardotflow.config.lineage import ID_COLUMNS, Obstacle, origin_of
from pardotflow.config.project import Side
from pardotflow.core.describe import Catalog, FieldInfo
from pardotflow.core.values import FieldType, System
from pardotflow.engine.quote import name

IN_MODEL = "_in_model"
"""The column that is true for a record that the model shows."""


def has_model(side: Side) -> bool:
    """True for a side of objects with a read model beside them."""
    return bool(side.objects and side.model)


def column_info(side: Side, object_name: str, column: str, catalog: Catalog) -> FieldInfo | None:
    """What is known of a column that a side's read model computes; None for fields of the object, which count first."""
    info = catalog.find(str(side.system), object_name)
    if not has_model(side) or (info is not None and info.field(column) is not None):
        return None
    if not isinstance(origin_of(side, column), Obstacle):
        return None
    model = catalog.find(str(System.WAREHOUSE), side.model)
    known = model.field(column) if model else None
    found = known or FieldInfo(name=column, type=FieldType.TEXT)
    return replace(found, updateable=False, createable=False)


def columns_beside(side: Side, columns: Mapping[str, FieldType]) -> dict[str, FieldType]:
    """The columns of a side's rows that are in no snapshot, with their types."""
    return {IN_MODEL: FieldType.BOOLEAN, **dict(sorted(columns.items()))} if has_model(side) else {}


def with_columns(side: Side, relation: str, columns: Mapping[str, FieldType]) -> str:
    """The relation of an object's rows with the columns of the side's read model. A record that the model shows twice
    is none that it shows: nobody can say which row is meant."""
    if not has_model(side):
        return relation
    own = f"cast({name(ID_COLUMNS[side.system])} as varchar)"
    picks = "".join(f", {_as_text(column, kind)} as {name(column)}" for column, kind in sorted(columns.items()))
    shown = "".join(f", m.{name(column)}" for column in sorted(columns))
    rows = (
        f"select {own} as _id, 'true' as {IN_MODEL}{picks} from {name(f'model_{side.model}')}"
        f" qualify count(*) over (partition by {own}) = 1"
    )
    marked = f"coalesce(m.{IN_MODEL}, 'false') as {IN_MODEL}{shown}"
    return f"(select r.*, {marked} from {relation} r left join ({rows}) m on m._id = r._id)"


def narrowed(side: Side) -> Side:
    """The side as only records of its model take part."""
    return replace(side, select=f"({side.select or 'true'}) and {IN_MODEL}") if has_model(side) else side


def _as_text(column: str, kind: FieldType) -> str:
    """A value as the text that is compared; a time in UTC."""
    if kind is FieldType.DATETIME:
        return f"strftime({name(column)}, '%Y-%m-%dT%H:%M:%SZ')"
    return f"cast({name(column)} as varchar)"
