"""`sources/*.yml`: the declared reads.

Whether a connection, an object or a field exists is not asked here.
"""

from pardotflow.config.nodes import MapNode, Scalar
from pardotflow.config.project import SINGLE_READS, Source
from pardotflow.core.values import FieldType


def build_sources(node: MapNode) -> tuple[Source, ...]:
    """The values of a rendered tree that follows the sources schema, in file order."""
    return tuple(_source(item) for item in node.mappings("sources"))


def _source(node: MapNode) -> Source:
    fields = [i for i in node.items("fields") if isinstance(i, Scalar)]
    types = tuple(node.mapping("types").scalars())
    spans = node.spans() | {f"fields.{f.text}": f.span for f in fields}
    spans |= {f"types.{column.text}": kind.span for column, kind in types}
    return Source(
        name=node.text("source"),
        connection=node.text("connection"),
        object=node.text("object") or node.text("table"),
        file=node.text("file"),
        fields=tuple(f.text for f in fields),
        types={column.text: FieldType(kind.text) for column, kind in types},
        where=node.text("where"),
        single_reads=int(node.text("single_reads") or SINGLE_READS),
        span=node.span,
        spans=spans,
    )
