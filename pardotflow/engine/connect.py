"""From an environment to open connectors, and to a catalog of what the systems declare.

Describes are cached with their age; so is who we are over there. Both are read again when they are old, when asked, and
when the connection leads to another organisation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType

from pardotflow.config.connections import Connection, Environment, Sending
from pardotflow.config.project import Project
from pardotflow.connectors import (
    CallBudget,
    Connector,
    Grant,
    Identity,
    Limits,
    PardotConnector,
    PardotSettings,
    RefreshTokenGrant,
    SalesforceConnector,
    SalesforceSettings,
    SeveralValues,
    WriteHeaders,
)
from pardotflow.core.clock import Clock
from pardotflow.core.describe import Catalog, ObjectInfo
from pardotflow.core.errors import RequestRefused, UsageError
from pardotflow.core.progress import Progress
from pardotflow.core.secret import Secret
from pardotflow.core.values import System
from pardotflow.engine.parents import with_parents
from pardotflow.store.ledger import Ledger

DESCRIBE_AGE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where the two vendors are and with what we sign in: taken from an environment, or from its emulator."""

    salesforce: Mapping[str, str | Secret]
    pardot: Mapping[str, str | Secret]
    pardot_login: Mapping[str, str | Secret]
    """The Salesforce connection whose tokens Pardot takes."""
    instance: str = ""
    """Which data file an emulator serves: its ids may be those of another one. Empty for the vendors themselves."""


def endpoints_of(environment: Environment) -> Endpoints:
    """The settings of the two vendor connections; empty where the environment does not have one."""
    found: dict[str, Mapping[str, str | Secret]] = {}
    for system in (System.SALESFORCE, System.PARDOT):
        connection: Connection | None = environment.connection(system)
        found[system] = connection.settings if connection else {}
    login = environment.connection(_text(found[System.PARDOT], "auth", str(System.SALESFORCE)))
    return Endpoints(
        salesforce=found[System.SALESFORCE],
        pardot=found[System.PARDOT],
        pardot_login=login.settings if login else {},
    )


def open_connectors(
    endpoints: Endpoints,
    clock: Clock,
    sending: Sending | None = None,
    budgets: Mapping[str, CallBudget] = MappingProxyType({}),
    may_send: Callable[[], None] = lambda: None,
) -> dict[str, Connector]:
    """One connector for each configured vendor, with the calls that it may make; they sign in at first use. `may_send`
    is asked before each try of a write, and raises where nothing may leave. Raises UsageError for missing settings."""
    found: dict[str, Connector] = {}
    sending = sending or Sending()
    limits = limits_of(sending)
    if endpoints.salesforce:
        settings = SalesforceSettings(
            limits=_limits(endpoints.salesforce, limits),
            jobs_from=sending.jobs_from[System.SALESFORCE],
            api_version=_text(endpoints.salesforce, "api_version", "60.0"),
            headers=WriteHeaders(duplicate_rule=_text(endpoints.salesforce, "duplicate_rule_header", "")),
        )
        found[System.SALESFORCE] = SalesforceConnector(
            _grant(endpoints.salesforce, "salesforce"),
            settings,
            budget=budgets.get(System.SALESFORCE),
            clock=clock,
            may_send=may_send,
        )
    if endpoints.pardot:
        unit = _text(endpoints.pardot, "business_unit", "")
        url = _text(endpoints.pardot, "url", "https://pi.pardot.com")
        found[System.PARDOT] = PardotConnector(
            _grant(endpoints.pardot_login, "pardot"),
            PardotSettings(
                business_unit_id=unit,
                api_url=url,
                jobs_from=sending.jobs_from[System.PARDOT],
                creates_by_import=sending.creates_by_import,
                limits=_limits(endpoints.pardot, limits),
                several_values=SeveralValues(_text(endpoints.pardot, "several_values", SeveralValues.ARRAY)),
            ),
            budget=budgets.get(System.PARDOT),
            clock=clock,
            may_send=may_send,
        )
    return found


def limits_of(sending: Sending) -> Limits:
    """How patient connectors are in an environment."""
    return Limits(
        tries=sending.retries + 1,
        first_wait=sending.first_wait,
        longest_wait=sending.longest_wait,
        jitter=sending.first_wait,
        timeout=sending.timeout,
    )


def _limits(settings: Mapping[str, str | Secret], limits: Limits) -> Limits:
    """The connection's own number of requests in flight; the connector knows the vendor's most."""
    own = _text(settings, "concurrency", "")
    return replace(limits, concurrency=int(own)) if own else limits


def _grant(settings: Mapping[str, str | Secret], system: str) -> Grant:
    missing = [key for key in ("login_url", "client_id", "refresh_token") if not settings.get(key)]
    if missing:
        raise UsageError(f"the connection {system} has no {missing[0]}", hint="Add it to the environment's file.")
    secret = settings.get("client_secret")
    return RefreshTokenGrant(
        login_url=_text(settings, "login_url", ""),
        client_id=_text(settings, "client_id", ""),
        client_secret=_secret(secret) if secret else None,
        refresh_token=_secret(settings["refresh_token"]),
    )


def _text(settings: Mapping[str, str | Secret], key: str, default: str) -> str:
    value = settings.get(key, default)
    return value.reveal() if isinstance(value, Secret) else value


def _secret(value: str | Secret) -> Secret:
    return value if isinstance(value, Secret) else Secret(value)


def read_catalog(
    project: Project,
    connectors: Mapping[str, Connector],
    ledger: Ledger,
    clock: Clock,
    progress: Progress,
) -> Catalog:
    """What the systems declare of every object that the project's sources name, and of the parents whose fields it
    names; cached for a day."""

    def describe(connection: str, name: str) -> ObjectInfo:
        cached = ledger.read_describe(connection, name.lower())
        if cached is not None and clock.now() - cached[1] < DESCRIBE_AGE:
            return cached[0]
        step = f"describe {connection} {name}"
        progress.start(step)
        found = connectors[connection].describe(name)
        ledger.save_describe(connection, name, found, clock.now())
        progress.finish(step)
        return found

    def describe_parent(connection: str, name: str) -> ObjectInfo | None:
        try:
            return describe(connection, name) if connection in connectors else None
        except RequestRefused:
            # The connected user may not see it: the check says so where its field is named.
            return None

    named = [s for s in project.sources if s.connection in connectors and s.object]
    objects = {(s.connection, s.object.lower()): describe(s.connection, s.object) for s in named}
    return with_parents(project, Catalog(objects=objects), describe_parent)


def cached_catalog(project: Project, ledger: Ledger, instance: str = "") -> Catalog:
    """What is remembered of the systems, without any network; nothing of an emulator that is not the instance."""

    def remembered(connection: str, name: str) -> ObjectInfo | None:
        cached = ledger.read_describe(connection, name.lower())
        whose = ledger.read_identity(connection)
        is_ours = not instance or whose is None or whose[0].endswith(_suffix(instance))
        return cached[0] if cached is not None and is_ours else None

    named = [(s.connection, s.object) for s in project.sources if s.object]
    objects = {(c, o.lower()): info for c, o in named if (info := remembered(c, o)) is not None}
    return with_parents(project, Catalog(objects=objects), remembered)


def read_identities(connectors: Mapping[str, Connector], endpoints: Endpoints, ledger: Ledger) -> dict[str, Identity]:
    """Organisation or unit and connected user of every system. Salesforce's come with the token; the user inside the
    business unit costs a call and is remembered for this unit and this Salesforce user. What is cached of another
    organisation is forgotten."""
    found: dict[str, Identity] = {}
    if System.SALESFORCE in connectors:
        found[System.SALESFORCE] = connectors[System.SALESFORCE].identity()
    if System.PARDOT in connectors:
        user = found[System.SALESFORCE].user_id if System.SALESFORCE in found else ""
        key = f"pardot {_text(endpoints.pardot, 'business_unit', '')} {user}{_suffix(endpoints.instance)}"
        cached = ledger.read_identity(key)
        identity = (
            Identity(organization_id=cached[0], user_id=cached[1]) if cached else connectors[System.PARDOT].identity()
        )
        if cached is None:
            ledger.save_identity(key, identity.organization_id, identity.user_id)
        found[System.PARDOT] = identity
    named = {system: _named(identity, endpoints.instance) for system, identity in found.items()}
    _forget_others(named, ledger)
    return named


def known_identities(ledger: Ledger) -> dict[str, Identity]:
    """Who we were over there when we signed in last, without any network."""
    found = {system: ledger.read_identity(system) for system in (System.SALESFORCE, System.PARDOT)}
    return {s: Identity(organization_id=known[0], user_id=known[1]) for s, known in found.items() if known}


def _named(identity: Identity, instance: str) -> Identity:
    """The identity under a name that no other emulator has."""
    return replace(identity, organization_id=identity.organization_id + _suffix(instance))


def _suffix(instance: str) -> str:
    return f" of emulator {instance}" if instance else ""


def _forget_others(identities: Mapping[str, Identity], ledger: Ledger) -> None:
    for system, identity in identities.items():
        known = ledger.read_identity(system)
        if known is None or known[0] != identity.organization_id:
            ledger.forget_describes(system)
            ledger.save_identity(system, identity.organization_id, identity.user_id)
