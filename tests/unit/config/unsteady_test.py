"""Columns of models that are other values although no data changed: found wherever they come from, and only there."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from pardotflow.config.meaning import check_project
from pardotflow.config.unsteady import NAMES
from pardotflow.core.describe import Catalog
from tests.unit.config.folder import USAGE_HEAD, project

FROM = "from {{ source('usage') }}"
READS = USAGE_HEAD + "fields:\n  - {warehouse: plan, pardot: product_plan__c}\n"


def said(root: Path, models: Mapping[str, str], sync: str = READS) -> list[str]:
    files = {"syncs/usage.yml": sync, **{f"models/{name}.sql": sql for name, sql in models.items()}}
    found = check_project(project(root, files), Catalog(objects={}))
    return [f"{d.severity} {d.code} {d.span}" for d in found if d.code in ("PF174", "PF171")]


def of_usage(root: Path, sql: str) -> list[str]:
    return [line.rsplit(" ", 1)[0] for line in said(root, {"usage": sql})]


@pytest.mark.parametrize(
    "sql",
    [
        f"select email, now() as plan {FROM}",
        f"select email, random() as plan {FROM}",
        f"select email, coalesce(plan, cast(uuid() as varchar)) as plan {FROM}",
        f"with t as (select email, now() as at {FROM}) select email, strftime(at, '%H') as plan from t",
        f"with t(email, at) as (select email, now() {FROM}) select email, at as plan from t",
        f"select email, plan from (select email, current_timestamp as plan {FROM})",
        f"select * from (select email, localtimestamp as plan {FROM})",
        f"select email, (select max(now())) as plan {FROM}",
        f"select email, plan {FROM} union all select email, cast(now() as varchar) {FROM}",
        f"select u.email, v.at as plan {FROM} u, (values (now())) as v(at)",
        f"select * replace (now() as plan) {FROM}",
        f"select email, plan {FROM} where random() < 0.5",
        f"select email, plan {FROM} using sample 10%",
        f"select email, plan {FROM} order by random() limit 3",
        f"select email, plan, random() as r {FROM} order by r limit 3",
        f"{{% macro at() %}}now(){{% endmacro %}}select email, {{{{ at() }}}} as plan {FROM}",
        f"select email, {{% if 1 %}}now(){{% endif %}} as plan {FROM}",
    ],
)
def test_a_value_that_is_another_one_at_every_run_is_refused(tmp_path: Path, sql: str) -> None:
    assert of_usage(tmp_path, sql) == ["error PF174"]


@pytest.mark.parametrize(
    "value", ["age(seats)", "current_date - seats", "date_diff('day', seats, today())", "current_date"]
)
def test_a_value_that_is_another_one_every_day_is_warned_of(tmp_path: Path, value: str) -> None:
    assert of_usage(tmp_path, f"select email, {value} as plan {FROM}") == ["warning PF174"]


@pytest.mark.parametrize(
    "sql",
    [
        f"select email, plan, now() as made_at, random() as r {FROM}",
        f"select email, plan {FROM} where seats > current_date - 30",
        f"select email, count(*) filter (where seats > now() - interval 30 day) as plan {FROM} group by email",
        f"select email, case when seats > now() - interval 1 day then 'new' else plan end as plan {FROM}",
        f"with p as (select current_date as day) select u.email, u.plan {FROM} u, p where u.seats > p.day",
        f"select email, age(seats, seats) as plan {FROM}",
        f"select email, plan {FROM} using sample reservoir(3 rows) repeatable (7)",
        f"select email, 'now()' as plan {FROM} -- now()",
    ],
)
def test_what_no_sync_reads_and_a_moving_window_are_fine(tmp_path: Path, sql: str) -> None:
    assert of_usage(tmp_path, sql) == []


def test_a_model_below_is_named_with_its_place(tmp_path: Path) -> None:
    models = {
        "below": f"select email,\n  now() as at {FROM}\n",
        "usage": "select email, at as plan, at as seats from {{ ref('below') }}\n",
    }
    assert said(tmp_path, models) == ["error PF174 models/below.sql:2:3"]


def test_a_word_without_brackets_is_found_too(tmp_path: Path) -> None:
    models = {"usage": f"select email,\n  current_date as plan {FROM}\n"}
    assert said(tmp_path, models) == ["warning PF174 models/usage.sql:2:3"]


@pytest.mark.parametrize("place", ["key", "match", "sql", "when"])
def test_every_column_that_the_sync_names_is_read(tmp_path: Path, place: str) -> None:
    sync = READS
    match place:
        case "key":
            sync = sync.replace("key: email", "key: at")
        case "match":
            sync = sync.replace("[email]", "[{warehouse: at, pardot: email}]")
        case "sql":
            sync += "  - {pardot: city, sql: upper(at)}\n"
        case _:
            sync += "create: {pardot: {when: at is not null}}\n"
    models = {"usage": f"select email, plan, cast(now() as varchar) as at {FROM}\n"}
    assert [line.split()[1] for line in said(tmp_path, models, sync)] == ["PF174"]


@pytest.mark.parametrize("sql", ["age(at)", "nextval('s')", "salesforce.FirstName || age(at)"])
def test_an_expression_is_judged_by_the_same_list(tmp_path: Path, sql: str) -> None:
    """Regression: age() with one argument counts up to today, and went through."""
    sync = READS + f'  - {{pardot: city, sql: "{sql}"}}\n'
    found = said(tmp_path, {"usage": f"select email, plan, seats as at {FROM}"}, sync)
    assert found[0].startswith("error PF171")


def test_two_arguments_of_age_are_steady(tmp_path: Path) -> None:
    sync = READS + '  - {pardot: city, sql: "age(at, seats)"}\n'
    assert said(tmp_path, {"usage": f"select email, plan, seats, seats as at {FROM}"}, sync) == []


STEADY_HERE = {
    "current_database",
    "current_query",
    "current_schema",
    "current_schemas",
    "current_setting",
    "error",
    "getvariable",
    "in_search_path",
    "setseed",
    "sleep_ms",
    "stats",
    "vector_type",
    "write_log",
}
"""What the engine calls unsteady, and what in a project is the same at every run, or no value at all."""


def test_the_list_has_every_function_of_the_engine() -> None:
    with duckdb.connect() as con:
        query = "select distinct function_name from duckdb_functions() where stability <> 'CONSISTENT'"
        unsteady = {name for (name,) in con.execute(query).fetchall()}
    assert unsteady - STEADY_HERE <= set(NAMES)
