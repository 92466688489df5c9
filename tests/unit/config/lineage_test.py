"""A column of a model is a field under another name where every step says so, and the record's own where the id is."""

import pytest

from pardotflow.config.lineage import Obstacle, Plain, origin_of
from pardotflow.config.project import Model, Side
from pardotflow.core.span import Span
from pardotflow.core.values import System

SPAN = Span(file="x", line=1)


def side(**models: str) -> Side:
    """A side of contacts with the model `m`."""
    behind = tuple(Model(name=n, sql=sql, sources=(), refs=(), span=SPAN) for n, sql in models.items())
    return Side(system=System.SALESFORCE, objects=("Contact",), model="m", behind=behind, span=SPAN)


PLAIN = {
    "alias": 'select Id, Phone as p from "src_c"',
    "no alias": 'select Id, p from (select Id, Phone as p from "src_c")',
    "qualified": 'select c.Id, c.Phone as p from "src_c" c join "src_a" a on a.Id = c.AccountId',
    "in brackets": 'select Id, (Phone) as p from "src_c"',
    "a chain of steps": 'with a as (from "src_c"), b as (select Id, Phone as q from a) select Id, q as p from b',
    "a star": 'with b as (select Id, Phone as p from "src_c") select * from b',
    "a star of one table": 'with b as (select Id, Phone as p from "src_c") select b.*, 1 from b join "src_a" on true',
    "another model": 'select Id, q as p from "model_n"',
    "grouped": 'select Id, Phone as p, count(*) as n from "src_c" group by Id, Phone',
    "any case": 'select id, Phone as P from "src_c"',
}
COMPUTED = {
    "a function": ('select Id, upper(Phone) as p from "src_c"', "UPPER(Phone) AS p"),
    "a cast": ('select Id, cast(Phone as varchar) as p from "src_c"', "CAST(Phone AS TEXT) AS p"),
    "a constant": ("select Id, 'x' as p from \"src_c\"", "'x' AS p"),
    "an aggregate": ('select Id, max(Phone) as p from "src_c" group by Id', "MAX(Phone) AS p"),
    "inside a step": (
        'with b as (select Id, coalesce(Phone, MobilePhone) as q from "src_c") select Id, q as p from b',
        "COALESCE(Phone, MobilePhone) AS q",
    ),
    "inside another model": ('select Id, x as p from "model_n"', "LOWER(Title) AS x"),
    "another record": (
        'select c.Id, b.Phone as p from "src_c" c left join "src_c" b on b.Id = c.ReportsToId',
        "p, a column of another record",
    ),
    "another record of one step": (
        'with b as (select * from "src_c") select c.Id, d.Phone as p from b c left join b d on d.Id = c.ReportsToId',
        "p, a column of another record",
    ),
    "no table named": ('select c.Id, Phone as p from "src_c" c join "src_a" a on true', "Phone AS p"),
    "a union": ('select Id, Phone as p from "src_c" union all select Id, Fax from "src_c"', "UNION"),
    "columns renamed by an alias": ('select x as Id, y as p from "src_c" as c(x, y)', "src_c"),
    "columns renamed by a step": ('with b(Id, p) as (select Fax, Id from "src_c") select Id, p from b', "WITH"),
    "a star that replaces": ('select * replace (upper(p) as p) from (select Id, Phone as p from "src_c")', "REPLACE"),
    "two stars": ('select a.*, b.* from "model_n" a join "model_n" b on true', "a.*"),
    "a window": ('select Id, first(Phone) over (order by Id) as p from "src_c"', "OVER"),
    "a path": ('select Id, s.a.b as p from "src_c" s', "s.a.b AS p"),
}
OTHER = 'select Id, Phone as q, lower(Title) as x from "src_c"'


@pytest.mark.parametrize("sql", PLAIN.values(), ids=PLAIN)
def test_a_plain_rename_is_proven(sql: str) -> None:
    found = origin_of(side(m=sql, n=OTHER), "p")
    assert isinstance(found, Plain)
    assert (found.source, found.field) == ("c", "Phone")


@pytest.mark.parametrize(("sql", "text"), COMPUTED.values(), ids=COMPUTED)
def test_what_stands_in_the_way_is_named(sql: str, text: str) -> None:
    found = origin_of(side(m=sql, n=OTHER), "p")
    assert isinstance(found, Obstacle)
    assert text in found.text


def test_the_place_is_that_of_the_expression_in_its_own_model() -> None:
    found = origin_of(side(m='select Id, x as p from "model_n"', n='select Id,\n  lower(Title) as x from "src_c"'), "p")
    assert isinstance(found, Obstacle)
    assert (found.model, found.place.line, found.place.column) == ("n", 2, 9)


def test_a_column_that_the_model_does_not_have_is_the_objects() -> None:
    assert origin_of(side(m='select Id from "src_c"'), "Phone") is None


def test_models_in_a_circle_prove_nothing() -> None:
    found = origin_of(side(m='select * from "model_n"', n='select * from "model_m"'), "p")
    assert isinstance(found, Obstacle)
