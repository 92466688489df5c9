"""Read models beside the object of a side: whose records they show, and which of their columns can be written.

A column can be written where its lineage proves that it is a field of the side's own record under another name.
"""

from pardotflow.config.lineage import ID_COLUMNS, Obstacle, Plain, id_of, origin_of
from pardotflow.config.meaning.scope import Scope, columns_of, is_same, refs_of, targets_of
from pardotflow.config.models import span_in_model
from pardotflow.config.project import FieldMapping, OnGone, Side, Sync
from pardotflow.core.span import Span
from pardotflow.core.values import System

_OF_THE_DEAD = (OnGone.ARCHIVE, OnGone.RECREATE)


def check_read_models(scope: Scope) -> None:
    """Each side with a model that is known, and what names its columns."""
    for sync in scope.project.syncs:
        for side in sync.sides:
            if side.objects and side.model and scope.model(side.model) is not None:
                _check_id(scope, side)
                _check_sources(scope, side)
                _check_names(scope, side)
                _check_keys(scope, sync, side)
                _check_deletes(scope, sync, side)
                for mapping in sync.fields:
                    _check_targets(scope, sync, mapping, side)


def _check_id(scope: Scope, side: Side) -> None:
    """The model says for each row whose it is: the id of a record of the object, as it stands in its source."""
    column, found = ID_COLUMNS[side.system], id_of(side)
    help = f"Select {column} of the source of {side.objects[0]}, as it is."
    if isinstance(found, Plain):
        source = next((s for s in scope.project.sources if s.name == found.source), None)
        is_own = source is not None and source.connection == side.system and is_same(source.object, side.objects[0])
        if is_own and is_same(found.field, column):
            return
        where = f"{found.field} of the source {found.source}"
        message = f"{column} of the model {side.model} is {where}, and not the id of {side.system} {side.objects[0]}"
        scope.findings.error("PF176", message, side.at("model"), help)
        return
    if found is None:
        message = f"the model {side.model} has no column {column}, so that its rows belong to no record"
        scope.findings.error("PF176", message, side.at("model"), help)
        return
    message = f"{column} of the model {side.model} is computed, so that its rows belong to no record: {found.text}"
    scope.findings.error("PF176", message, _span(scope, found, side), help)


def _check_sources(scope: Scope, side: Side) -> None:
    """A model that reads other systems is a warehouse side."""
    for model in side.behind:
        for name in model.sources:
            source = next((s for s in scope.project.sources if s.name == name), None)
            if source is not None and source.connection != side.system:
                message = (
                    f"the model {model.name} reads {source.connection}, and stands beside an object of {side.system}"
                )
                help = "Read it in a sync of its own, from a warehouse side."
                scope.findings.error("PF176", message, model.at(f"source:{name}"), help)


def _check_names(scope: Scope, side: Side) -> None:
    """A name means one thing: a field of the object, or what the model computes."""
    model = scope.model(side.model)
    info = scope.catalog.find(side.system, side.objects[0])
    described = scope.catalog.find(System.WAREHOUSE, side.model)
    names = [f.name for f in described.fields] if described else (columns_of(model) if model else None) or ()
    own = ID_COLUMNS[side.system]
    for column in (c for c in names if not is_same(c, own)):
        origin = origin_of(side, column)
        is_it = isinstance(origin, Plain) and is_same(origin.field, column)
        if info is not None and info.field(column) is not None and not is_it:
            message = (
                f"{column} of the model {side.model} has the name of a field of {info.name}, and is not that field"
            )
            scope.findings.error("PF176", message, side.at("model"), "Give the column another name.")
        elif isinstance(origin, Obstacle) and column.startswith("_"):
            message = f'the model {side.model} has a column "{column}"'
            scope.findings.error("PF204", message, _span(scope, origin, side), "Give it another name.")


def _check_keys(scope: Scope, sync: Sync, side: Side) -> None:
    for key in sync.match:
        for part in key.parts:
            ref = part.a if side is sync.a else part.b
            for item, written in ref.by_object.items():
                if isinstance(origin_of(side, written), Obstacle):
                    message = f'"{written}" is computed by the model {side.model}, and is no match key'
                    help = "Match by a field of the record: by it the system can be asked for a record."
                    scope.findings.error("PF176", message, ref.at(item), help)


def _check_deletes(scope: Scope, sync: Sync, side: Side) -> None:
    """A model shows live records alone: of a deleted one nobody can say whether it took part."""
    if sync.deletes.get(side.system) in _OF_THE_DEAD:
        message = f"deletes: {sync.deletes[side.system]} asks whether a deleted record took part, and no model shows it"
        scope.findings.error(
            "PF176", message, sync.at("deletes"), "Write keep or unlink, or use select in place of model."
        )


def _check_targets(scope: Scope, sync: Sync, mapping: FieldMapping, side: Side) -> None:
    for target, ref in targets_of(sync, mapping):
        for item, written in ref.by_object.items() if target is side else ():
            origin = origin_of(side, written)
            if isinstance(origin, Obstacle):
                where = ref.at(item).short
                message = (
                    f'"{written}" ({where}) cannot be written: the model {origin.model} computes it by {origin.text}'
                )
                help = "Map the field that is meant, or write a direction away from it."
                if any(s is not side for s, _ in refs_of(sync, mapping)) and "." not in written:
                    help = f"Only a column that renames a field of {item} can be written. {help}"
                scope.findings.error("PF176", message, _span(scope, origin, side), help)


def _span(scope: Scope, origin: Obstacle, side: Side) -> Span:
    """Where an expression stands in the file of its model."""
    model = scope.model(origin.model)
    return span_in_model(model, scope.project.root, origin.place) if model else side.at("model")
