"""The names of a SOQL statement: which fields they mean, and the parents that have to be joined for them.

Parents are joined once for each relationship path, whoever asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from pardotflow.emulator.salesforce.errors import SalesforceError, refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.fields import Field
from pardotflow.emulator.salesforce.soql.compiled import Parent, Scope
from pardotflow.emulator.salesforce.soql.lexer import malformed, point_at
from pardotflow.emulator.salesforce.soql.tree import Path, Query

_HINT = (
    " If you are attempting to use a custom {thing}, be sure to append the '__c' after the {what} name."
    " Please reference your WSDL or the describe call for the appropriate names."
)
_RELATION_HINT = (
    " If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship"
    " name. Please reference your WSDL or the describe call for the appropriate names."
)
_MOST_LEVELS = 5  # facts, section 3.1, like the next
_MOST_PARENTS = 55
_MOST_JOINS = 63  # what SQLite joins to one table; polymorphic parents take several


class Names:
    """The names below one FROM; raises `SalesforceError` INVALID_TYPE, INVALID_FIELD or MALFORMED_QUERY."""

    def __init__(self, query: Query, scope: Scope, found: ObjectInfo | None) -> None:
        self.query = query
        self.scope = scope
        if found is None:
            raise unknown_object(query)
        self.object = found
        self.joins: dict[tuple[str, ...], Parent] = {}
        self.join_sql: list[str] = []

    @property
    def source(self) -> str:
        """The table with all parents that were asked for so far."""
        return f"{self.object.table} t0{''.join(self.join_sql)}"

    def strip_alias(self, path: Path) -> tuple[str, ...]:
        """The parts of a path without the object's own name or alias."""
        names = {self.object.name.lower(), self.query.object.lower(), (self.query.alias or self.object.name).lower()}
        return path.parts[1:] if len(path.parts) > 1 and path.parts[0].lower() in names else path.parts

    def resolve(self, path: Path) -> tuple[Field, str, tuple[str, ...]]:
        """The field of a path, its SQL, and the canonical keys that lead to it."""
        parts = self.strip_alias(path)
        parent, keys = self.walk(parts[:-1], path)
        found = parent.find(parts[-1])
        if found is None:
            raise self.no_column(path, parts[-1], "Name" if parent.polymorphic else parent.options[0][1].name)
        return *found, (*keys, found[0].name)

    def walk(self, relations: Sequence[str], path: Path) -> tuple[Parent, tuple[str, ...]]:
        """The parent that relationship names lead to, and their canonical spelling."""
        parent = Parent(options=(("t0", self.object),))
        keys: tuple[str, ...] = ()
        if len(relations) > _MOST_LEVELS:
            raise malformed(self.query.statement, path.position, f"more than {_MOST_LEVELS} levels of relationships")
        for name in relations:
            alias, info = next((o for o in parent.options if name.lower() in o[1].relationships), parent.options[0])
            lookup = info.relationships.get(name.lower())
            if lookup is None or lookup.relationship is None or not self._targets_of(lookup):
                raise self._no_relation(path, name, info)
            keys = (*keys, lookup.relationship)
            if keys not in self.joins:
                self._join(keys, alias, lookup, path)
            parent = self.joins[keys]
        return parent, keys

    def _targets_of(self, lookup: Field) -> list[ObjectInfo]:
        known = [self.scope.catalog.find(name) for name in lookup.reference_to]
        return [info for info in known if info]

    def _join(self, keys: tuple[str, ...], alias: str, lookup: Field, path: Path) -> None:
        targets = self._targets_of(lookup)
        if len(self.joins) == _MOST_PARENTS or len(self.join_sql) + len(targets) > _MOST_JOINS:
            sentence = f"more than {_MOST_PARENTS} child-to-parent relationships"
            raise malformed(self.query.statement, path.position, sentence)
        options = []
        for target in targets:
            made = f"t{len(self.join_sql) + 1}"
            self.join_sql.append(f' LEFT JOIN {target.table} {made} ON {made}."Id" = {alias}."{lookup.name}"')
            options.append((made, target))
        self.joins[keys] = Parent(options=tuple(options), kinds=lookup.reference_to)

    # -- mistakes

    def invalid_field(self, position: int, sentence: str) -> SalesforceError:
        """INVALID_FIELD that points at a position."""
        return refuse(400, "INVALID_FIELD", point_at(self.query.statement, position, sentence))

    def no_column(self, path: Path, name: str, entity: str) -> SalesforceError:
        """The error for a field that an object does not have."""
        sentence = f"No such column '{name}' on entity '{entity}'." + _HINT.format(thing="field", what="custom field")
        return self.invalid_field(path.position, sentence)

    def _no_relation(self, path: Path, name: str, info: ObjectInfo) -> SalesforceError:
        sentence = f"Didn't understand relationship '{name}' in field path.{_RELATION_HINT} ({info.name})"
        return self.invalid_field(path.position, sentence)


def unknown_object(query: Query) -> SalesforceError:
    """The error for an object that is not there."""
    sentence = f"sObject type '{query.object}' is not supported." + _HINT.format(thing="object", what="entity")
    return refuse(400, "INVALID_TYPE", point_at(query.statement, query.object_position, sentence))


def unknown_relationship(query: Query) -> SalesforceError:
    """The error for a child subquery over a relationship that is not there."""
    sentence = f"Didn't understand relationship '{query.object}' in FROM part of query call." + _RELATION_HINT
    return refuse(400, "INVALID_TYPE", point_at(query.statement, query.object_position, sentence))
