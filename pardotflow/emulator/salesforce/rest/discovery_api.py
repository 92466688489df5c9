"""Versions, resources, limits and describes.

These endpoints change nothing; their answers follow from the catalogue and the counters alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from itertools import islice

from pardotflow.emulator.clock import http_date, parse_http_date
from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.salesforce.bulk.ingest_run import BATCHES
from pardotflow.emulator.salesforce.bulk.query_api import QUERY_JOBS
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import json_reply, refuse
from pardotflow.emulator.salesforce.records.org_rules import read_changed
from pardotflow.emulator.salesforce.records.sharing import is_shared
from pardotflow.emulator.salesforce.rest.describe import describe_entry, describe_object
from pardotflow.emulator.usage import used_today

_RECENT = 3
OLDEST, NEWEST = 20, 68
_SEASONS = ("Spring", "Summer", "Winter")
_FIXED_LIMITS = {
    "DailyAsyncApexExecutions": 250_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyDeliveredPlatformEvents": 25_000,
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentSyncReportRuns": 20,
    "DailyStreamingApiEvents": 10_000,
    "DailyDurableStreamingApiEvents": 10_000,
    "DailyWorkflowEmails": 100_000,
    "DataStorageMB": 5_120,
    "FileStorageMB": 10_240,
    "HourlyAsyncReportRuns": 1_200,
    "HourlyPublishedPlatformEvents": 50_000,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 1_000,
    "MassEmail": 5_000,
    "PermissionSets": 1_500,
    "SingleEmail": 5_000,
    "StreamingApiConcurrentClients": 20,
    "DurableStreamingApiConcurrentClients": 20,
}
_RESOURCES = ("sobjects", "query", "queryAll", "search", "limits", "composite", "jobs", "tooling", "recent", "actions")


def list_versions() -> Reply:
    """`GET /services/data`: needs no token."""
    versions = []
    for number in range(OLDEST, NEWEST + 1):
        label = f"{_SEASONS[number % 3]} '{10 + (number - 17) // 3}"
        versions.append({"label": label, "url": f"/services/data/v{number}.0", "version": f"{number}.0"})
    return json_reply(versions)


def list_resources(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /services/data/vNN.0/`."""
    org = context.state.identity.org_id
    named = {name: context.path(name) for name in _RESOURCES}
    return json_reply({**named, "identity": f"{call.base_url}/id/{org}/{context.user_id}"})


def list_limits(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /limits`."""
    switches = context.state.switches
    counted = {
        "DailyApiRequests": (switches.salesforce_daily_limit, "salesforce"),
        "DailyBulkApiBatches": (switches.bulk_batches_limit, BATCHES),
        "DailyBulkV2QueryJobs": (switches.bulk_query_jobs_limit, QUERY_JOBS),
    }
    limits = {name: {"Max": value, "Remaining": value} for name, value in _FIXED_LIMITS.items()}
    for name, (most, counter) in counted.items():
        limits[name] = {"Max": most, "Remaining": max(0, most - used_today(context.state, counter))}
    return json_reply(dict(sorted(limits.items())))


def count_records(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /limits/recordCount?sObjects=Lead,Contact`."""
    wanted = [name.strip() for name in (call.argument("sObjects") or "").split(",") if name.strip()]
    chosen = [info for name, info in context.catalog.objects.items() if not wanted or name in map(str.lower, wanted)]
    counted = []
    for info in chosen:
        (count,) = context.db.execute(f'SELECT count(*) FROM {info.table} WHERE "IsDeleted" = 0').fetchone()
        counted.append({"count": count, "name": info.name})
    return json_reply({"sObjects": counted})


def describe_global(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /sobjects`; 304 where the client holds this metadata already."""
    headers = {"Last-Modified": http_date(_changed(context))}
    if _is_held(context, call):
        return Reply(status=304, headers=headers)
    entries = [describe_entry(context, info) for info in sorted(context.catalog.objects.values(), key=lambda i: i.name)]
    return json_reply({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": entries}, headers=headers)


def describe_basic(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /sobjects/X`."""
    info = context.require(match["object"])
    rows = context.db.execute(
        f'SELECT "Id", {"Name" if info.find("Name") else "Id"} FROM {info.table} WHERE "IsDeleted" = 0 LIMIT 200'
    )
    recent = [
        {"attributes": {"type": info.name, "url": context.path(f"sobjects/{info.name}/{i}")}, "Id": i, "Name": name}
        for i, name in islice((row for row in rows if is_shared(context, info, row[0])), _RECENT)
    ]
    return json_reply({"objectDescribe": describe_entry(context, info), "recentItems": recent})


def describe_full(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /sobjects/X/describe`, with an ETag; 304 where the client holds this metadata already."""
    info = context.require(match["object"])
    etag = f'"{zlib.crc32(f"{context.catalog.version}{info.name}".encode()):08x}"'
    headers = {"ETag": etag, "Last-Modified": http_date(_changed(context))}
    if _is_held(context, call) or call.headers.get("if-none-match") == etag:
        return Reply(status=304, headers=headers)
    return json_reply(describe_object(context, info), headers=headers)


def _is_held(context: Context, call: Call) -> bool:
    """Whether the client has the metadata of this moment; raises 412 where it asks for older one (facts, 4.1)."""
    changed = int(_changed(context))
    before = parse_http_date(call.headers.get("if-unmodified-since", ""))
    if before is not None and before.timestamp() < changed:
        code = context.state.switches.precondition_code
        raise refuse(412, code, "The metadata was modified after the time of the If-Unmodified-Since header")
    since = parse_http_date(call.headers.get("if-modified-since", ""))
    return since is not None and since.timestamp() >= changed


def _changed(context: Context) -> float:
    """When the metadata changed last: with the rules of the org, else before anybody asked."""
    return read_changed(context.db) or _FOUNDED


_FOUNDED = 1_577_836_800
