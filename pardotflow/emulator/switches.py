"""The one table of behaviours that the vendors leave open, or that a test wants to turn.

Every field of `Switches` is one switch: its name, its default, its alternatives and what is known. The values in
force are stored in the data file; nothing else in the emulator decides an unconfirmed fact by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from difflib import get_close_matches
from typing import TypeVar

from pardotflow.emulator.clock import read_zone
from pardotflow.emulator.problem import EmulatorError

SwitchValue = bool | int | float | str
T = TypeVar("T", bool, int, float, str)


def _switch(default: T, fact: str, choices: tuple[T, ...] = ()) -> T:
    """Declare one switch; the metadata is read by the admin endpoint and the documentation."""
    declared: T = field(default=default, metadata={"fact": fact, "choices": choices})
    return declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """All switches with their values in force. Durations are in seconds, sizes in bytes."""

    # Pardot: people
    ampsea: bool = _switch(True, "Allow Multiple Prospects with the Same Email Address: on for accounts since 2016.")
    taken_address_code: int = _switch(
        9,
        "Whether a create with a taken address (one prospect for each) is refused with 9 or 54 is not known.",
        (9, 54),
    )
    email_match_case_sensitive: bool = _switch(
        True, "A connector's documentation says that address matching keeps case."
    )
    salesforce_id_unique: bool = _switch(False, "Whether two prospects may carry one salesforceId is not documented.")
    clear_with: str = _switch(
        "both", "Which value clears a prospect field is not documented.", ("both", "null", "empty")
    )
    opt_out_false_honoured: bool = _switch(True, "Whether optedOut: false takes an opt-out back is not confirmed.")
    null_unassigns: bool = _switch(
        True, "Whether clearing userId unassigns a prospect, or is refused, is not confirmed."
    )
    salesforce_owner_unknown: str = _switch(
        "stored",
        "Whether a salesforceOwnerId without a user in the business unit (a queue, too) is taken is not documented.",
        ("stored", "refused"),
    )
    connected_campaigns: bool = _switch(True, "Connected Campaigns: campaigns can be connected, else code 218.")
    array_write_form: str = _switch(
        "array", "How array custom fields are written in JSON is not documented.", ("array", "joined", "both")
    )
    number_custom_field_form: str = _switch(
        "number", "Number custom fields may come back as number or as string.", ("number", "string")
    )
    z_suffix_accepted: bool = _switch(True, "Documented input has a numeric offset; clients that send Z exist.")
    upsert_status: str = _switch(
        "200",
        "Status of upsertLatestByEmail: clients accept 200 and 201.",
        ("200", "201_when_created", "204"),
    )
    touch_unchanged: bool = _switch(True, "Whether a save that changes no value moves updatedAt is not documented.")
    # Pardot: imports
    import_overwrite_default: bool = _switch(True, "Version 4 default of a column's overwrite; version 5 unknown.")
    import_null_overwrite_default: bool = _switch(
        True, "Version 4 default of nullOverwrite: blanks overwrite. Version 5 unknown."
    )
    import_create_on_no_match_default: bool = _switch(True, "Default of createOnNoMatch is not documented.")
    restore_deleted_default: bool = _switch(False, "Version 4 default of restoreDeleted.")
    import_delay: float = _switch(0.3, "Time from Ready to Complete; half of it is spent in Waiting.")
    import_batch_bytes: int = _switch(
        10_000_000, "Version 4: a batch is under 10 MB; carried into version 5 unconfirmed."
    )
    import_batches_a_day: int = _switch(
        1_000, "Version 4: batches a day, code 164; carried into version 5 unconfirmed."
    )
    # Pardot: exports
    export_delay: float = _switch(0.3, "Time that an export takes; the exports of an account run one by one.")
    # Pardot: bulk actions and external activities
    bulk_action_delay: float = _switch(0.3, "Time from Ready to Complete of a bulk action.")
    external_activity_status: int = _switch(201, "Status of a new external activity: 200 or 201.", (201, 200))
    # Pardot: service
    cache_lag: float = _switch(0.0, "Reads may be served from a cache that lags by up to 60 seconds.")
    pardot_time_zone: str = _switch(
        "-07:00", "Dates come in the API user's time zone: a fixed offset, or an IANA name."
    )
    pardot_daily_limit: int = _switch(100_000, "Calls a day: 25,000 Growth, 50,000 Plus, 100,000 Advanced and Premium.")
    pardot_concurrency: int = _switch(5, "Requests in flight for one business unit; the next one fails with code 66.")
    status_for_concurrency: int = _switch(429, "HTTP status of code 66 is not recorded.", (429, 400, 403, 503))
    status_for_daily_limit: int = _switch(
        429, "HTTP status of code 122, as handled by a connector in use.", (429, 400, 403)
    )
    status_for_unit: int = _switch(400, "HTTP status of code 201 (unknown business unit) is not recorded.", (400, 403))
    status_for_permission: int = _switch(
        405, "HTTP status of code 46: 405 by the wording of the documentation, 403 is plausible.", (405, 403)
    )
    status_for_membership: int = _switch(
        401, "HTTP status of code 49 for a user who is not in the business unit is not recorded.", (401, 403)
    )
    auth_error_form: str = _switch(
        "json", "A client has met XML bodies for refused tokens and business units.", ("json", "xml")
    )
    page_token_seconds: int = _switch(14_400, "A page token lives four hours.")
    id_list_longest: int = _switch(1_000, "How many ids idList takes before code 63 is not documented.")
    page_token_ceiling: int = _switch(100_000, "A token sequence ends after 100,000 records.")
    # Salesforce
    trim_text: bool = _switch(True, "The platform trims white space around text when it saves.")
    boolean_null: str = _switch("error", "What a null for a checkbox does over REST.", ("error", "false"))
    precondition_code: str = _switch(
        "PRECONDITION_FAILED",
        "The error code of a 412 answer is not documented.",
        ("PRECONDITION_FAILED", "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE"),
    )
    session_seconds: int = _switch(7_200, "A session ends after two hours without a call.")
    refresh_token_rotation: bool = _switch(
        False, "With rotation every refresh gives a new refresh token and ends the old one; an option of the app."
    )
    client_secret_required: bool = _switch(
        False, "Whether the web server flow needs the secret even with PKCE is an option of the app."
    )
    status_for_client: int = _switch(
        400, "HTTP status of invalid_client and invalid_client_id: 401 for some of them is not confirmed.", (400, 401)
    )
    authorization_code_seconds: int = _switch(900, "An authorization code lives 15 minutes; not confirmed.")
    redirect_uris: str = _switch(
        "", "Callback addresses that the app has registered besides loopback, with spaces between."
    )
    jwt_longest_seconds: int = _switch(
        0,
        "How far away exp may be; 0 sets no bound: most clients send minutes, the vendor's command line milliseconds.",
    )
    jwt_answer_signed: bool = _switch(
        False, "Whether the answer to a JWT has issued_at and signature is not confirmed."
    )
    client_credentials_my_domain: bool = _switch(
        True,
        "Client credentials are refused on login hosts (a Host of login.* or test.* here); the text is not confirmed.",
    )
    client_credentials_user: bool = _switch(True, "Whether the app has a user that client credentials run as.")
    security_token_required: bool = _switch(
        False, "The security token behind a password may be left out in trusted networks; loopback is taken for one."
    )
    soap_login_last_version: int = _switch(64, "A client warns that SOAP login() is not available from version 65 on.")
    salesforce_daily_limit: int = _switch(
        100_000, "API requests in 24 hours: 15,000 Developer, 100,000 and more Enterprise."
    )
    query_batch_min: int = _switch(200, "Smallest page that Sforce-Query-Options may ask for.")
    query_batch_max: int = _switch(2_000, "Default and largest page of a query.")
    query_cursors: int = _switch(10, "Open query cursors of one user; the oldest is dropped.")
    query_cursor_seconds: int = _switch(
        172_800, "A query cursor lives up to two days, formerly 15 minutes; not confirmed."
    )
    soql_date_words: str = _switch(
        "utc", "Whether TODAY and the other date words mean days of UTC or of the user's time zone.", ("utc", "user")
    )
    child_records_none: str = _switch(
        "null", "What a child subquery shows for a parent without children is not recorded.", ("null", "empty")
    )
    campaign_member_unknown_status: str = _switch(
        "accepted",
        "A status that the campaign does not have is accepted or replaced by its default, by setup.",
        ("accepted", "default"),
    )
    undelete_moves_stamps: bool = _switch(True, "Whether a record out of the recycle bin has a new SystemModstamp.")
    merge_child_stamps: str = _switch(
        "system",
        "Which stamps of relinked children a merge moves: SystemModstamp, none, or all; it raises no event for them.",
        ("system", "none", "all"),
    )
    conversion_moves_tasks: bool = _switch(
        True, "Whether the tasks of a converted lead become those of the contact is not confirmed."
    )
    duplicate_result_key: str = _switch(
        "duplicateResut",
        "Under which key a single row's error shows the duplicates; both spellings are met.",
        ("duplicateResut", "duplicateResult", "none"),
    )
    duplicate_result_in_collections: bool = _switch(
        False,
        "Whether a row of a collection shows the duplicates: the documented example does not, some clients read it.",
    )
    status_for_access: int = _switch(403, "HTTP status of INSUFFICIENT_ACCESS_OR_READONLY: 400 or 403.", (403, 400))
    late_commit_seconds: float = _switch(
        0.0, "A save gets the stamp of its transaction's start: this many seconds before it can be read."
    )
    replication_lag: float = _switch(
        0.0, "latestDateCovered stops at the start of the oldest open transaction; this many seconds ago."
    )
    replication_ids: int = _switch(600_000, "Most ids in one answer of getUpdated or getDeleted.")
    bulk_delay: float = _switch(0.3, "Time that a Bulk 2.0 job takes; half of it is spent in UploadComplete.")
    bulk_upload_bytes: int = _switch(150_000_000, "Largest upload of a Bulk 2.0 job: 150 MB.")
    bulk_batches_limit: int = _switch(15_000, "Bulk batches in 24 hours; Bulk 2.0 makes one of 10,000 records.")
    bulk_query_jobs_limit: int = _switch(10_000, "Bulk 2.0 query jobs in 24 hours.")
    bulk_query_page: int = _switch(50_000, "Records of a Bulk 2.0 result page without maxRecords; the server's choice.")
    bulk_query_datetime: str = _switch(
        "Z", "How Bulk 2.0 query results end a date-time is not confirmed.", ("Z", "+0000")
    )
    bulk_early_status: int = _switch(
        400, "Status where Bulk 2.0 query results are asked before the job is complete.", (400, 412, 204)
    )
    # the emulator itself
    latency: float = _switch(0.0, "Waiting time before every answer.")
    log: bool = _switch(True, "Whether requests are recorded.")
    log_request_bytes: int = _switch(2_000_000, "Longest recorded request body.")
    log_answer_bytes: int = _switch(262_144, "Longest recorded answer body.")
    log_keep: int = _switch(20_000, "Recorded requests that are kept.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchInfo:
    """One row of the table, for documentation and the admin endpoint."""

    name: str
    default: SwitchValue
    choices: tuple[SwitchValue, ...]
    fact: str


def _default(declared: Field[SwitchValue]) -> SwitchValue:
    """Every switch has a default; a field without one is a mistake in the table."""
    if isinstance(declared.default, (bool, int, float, str)):
        return declared.default
    raise TypeError(declared.name)


TABLE: tuple[SwitchInfo, ...] = tuple(
    SwitchInfo(name=f.name, default=_default(f), choices=f.metadata["choices"], fact=f.metadata["fact"])
    for f in fields(Switches)
)
_BY_NAME = {info.name: info for info in TABLE}
_MOST = 10**15
_MOST_SECONDS = 1e9


def check_switch(name: str, value: object) -> SwitchValue:
    """Return `value` as the switch stores it, or raise `EmulatorError` with what would be right."""
    info = _BY_NAME.get(name)
    if info is None:
        near = get_close_matches(name, _BY_NAME, n=3)
        shown = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(sorted(_BY_NAME))}"
        raise EmulatorError(f"there is no switch {name!r}; {shown}")
    checked = _coerce(info, value)
    if name == "pardot_time_zone" and isinstance(checked, str):
        read_zone(checked)
    if checked is None or (info.choices and checked not in info.choices):
        wanted = " or ".join(map(repr, info.choices)) or f"a value like {info.default!r}"
        raise EmulatorError(f"switch {name!r} takes {wanted}, not {value!r}")
    return checked


def _coerce(info: SwitchInfo, value: object) -> SwitchValue | None:
    """A number may be written where a float is meant; a choice of text may be written as a number."""
    if isinstance(info.default, bool) or isinstance(value, bool):
        return value if isinstance(value, bool) and isinstance(info.default, bool) else None
    if isinstance(info.default, str):
        return str(value) if isinstance(value, (str, int)) and str(value).isprintable() else None
    if isinstance(info.default, int):
        return value if isinstance(value, int) and 0 <= value <= _MOST else None
    return float(value) if isinstance(value, (int, float)) and 0 <= value <= _MOST_SECONDS else None


def build_switches(stored: Mapping[str, SwitchValue]) -> Switches:
    """Defaults overlaid with what the data file holds; a name that is no switch any more is ignored."""
    known = {name: value for name, value in stored.items() if name in _BY_NAME}
    return Switches(**known)  # type: ignore[arg-type]
