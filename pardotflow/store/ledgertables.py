"""The tables of a ledger, and how one that an older version wrote is brought up to this one."""

from collections.abc import Mapping

from pardotflow.store.calls import TABLE as CALLS
from pardotflow.store.decisions import TABLE as DECISIONS
from pardotflow.store.syncerrors import MIGRATION as SYNC_ERRORS_MIGRATION
from pardotflow.store.syncerrors import TABLE as SYNC_ERRORS

VERSION = 4

TABLES = f"""
create table about (key text primary key, value text);
create table runs (
  id text primary key, plan_id text, started_at text, ended_at text, status text,
  confirmed integer default 0, refused integer default 0, unknown integer default 0,
  not_started integer default 0, moved integer default 0, calls text, continues text
);
create table plans (id text primary key, path text, digest text, created_at text, spent_by text);
create table requests (
  run_id text, number integer, system text, kind text, object text, key text, status text,
  planned_at text, sent_at text, answered_at text, handle text, detail text,
  primary key (run_id, number)
);
create table request_rows (
  run_id text, number integer, change integer, record_key text, status text, record_id text,
  code text, message text, primary key (run_id, number, change)
);
create index open_requests on requests (status);
{SYNC_ERRORS}
{CALLS}
create table describes (connection text, object text, at text, body text, primary key (connection, object));
create table identities (connection text primary key, organization text, "user" text);
{DECISIONS}
"""

MIGRATIONS: Mapping[int, str] = {
    1: DECISIONS,
    2: "delete from describes where connection = 'pardot';",
    3: f"alter table runs add column continues text; {SYNC_ERRORS_MIGRATION} {CALLS}",
}
"""By version: the statements that bring a ledger of it to the next one. What an older version described of Pardot does
not say which custom fields the vendor's connector maps, and is read again."""
