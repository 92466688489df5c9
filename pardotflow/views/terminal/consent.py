"""Consent: every no that travels and every no that somebody takes back, with who set it, where and when.

What is taken back comes first, then what waits, then the opt-outs. The changes stand among the others too: this block
says who, the others say what else happens to the record.
"""

from rich.text import Text

from pardotflow.plan.consent import TRACED
from pardotflow.plan.model import Consent, ConsentRow, PlanReport
from pardotflow.views.layout import blanks, edges, heading, join, paragraph, shown, words
from pardotflow.views.page import Page, address, more
from pardotflow.views.values import plain
from pardotflow.views.words import number, plural, system_name

_MOST = 8
_INDENT = 6
_WHAT = {
    ("sent", "in"): ("! ", "opted in again", "bold red"),
    ("sent", "out"): ("~ ", "opted out", "yellow"),
    ("held", "in"): ("? ", "opt-in held", "yellow"),
    ("held", "out"): ("? ", "opt-out held", "bold yellow"),
    ("refused", "in"): ("? ", "opt-in refused", "yellow"),
    ("refused", "out"): ("! ", "opt-out refused", "bold red"),
}
_BEFORE = {"yes": "as before", "": "and nothing is known from before"}
_UNDECIDED = ("? ", "undecided", "bold yellow")


def consent_fact(consent: Consent | None) -> str:
    """How it stands, in one line."""
    if consent is None:
        return ""
    parts = [
        f"{number(consent.both_sides)} opted out on both sides" if consent.both_sides else "",
        *_sent(consent, "out"),
        *_sent(consent, "in"),
        _some(consent.total("held"), "held"),
        _some(consent.total("refused"), "refused"),
        _some(consent.total("open"), "undecided"),
    ]
    return "; ".join(part for part in parts if part)


def consent_lines(report: PlanReport, page: Page) -> list[Text]:
    """The block; nothing where no no travels."""
    consent = report.consent
    if consent is None or not consent.rows:
        return []
    chosen = consent.rows if page.full else consent.rows[:_MOST]
    lines = [heading("Consent", f"{number(consent.total())}: who says no, or took it back")]
    for row in chosen:
        lines += _row(row, page)
    if consent.total() > TRACED:
        asked = (
            f"who set it was asked for the first {number(TRACED)} of {number(consent.total())};"
            " of the others the plan has the record's last change"
        )
        lines += paragraph(asked, page.width, indent=2, style="dim")
    return lines + more(consent.total() - len(chosen), "", report.meta.id, page)


def _sent(consent: Consent, opts: str) -> list[str]:
    """What is sent now, by the system that gets it."""
    counts = [(system, consent.total("sent", opts, system)) for system in ("salesforce", "pardot")]
    return [f"{plural(n, f'opt-{opts}')} to {system_name(system)}" for system, n in counts if n]


def _some(count: int, what: str) -> str:
    return f"{number(count)} {what}" if count else ""


def _row(row: ConsentRow, page: Page) -> list[Text]:
    mark, what, style = _WHAT.get((row.status, row.opts), _UNDECIDED)
    place = words(address(row.record), "cyan")
    facts = join(words(what, style), words(row.field, "bold"), place, gap=2)
    room = page.width - facts.cell_len - 6
    name = shown(plain(page.name(row.record), max(room, 8)), "bold") if row.record.name else blanks(0)
    title = join(blanks(2), words(mark, style), join(name, facts, gap=2))
    lines = edges(title, words(row.line, "cyan"), page.width)
    lines += paragraph(_origin(row, page), page.width, indent=_INDENT)
    if row.status != "sent" and row.reason:
        lines += paragraph(row.reason, page.width, indent=_INDENT, style="dim")
    return lines


def _origin(row: ConsentRow, page: Page) -> str:
    """Where the no stands or was taken back, by whom, and since when as far as anybody can tell."""
    where = system_name(row.origin)
    is_taken_back = row.opts == "in" and row.said_before == "no"
    if row.opts == "in":
        said = f"taken back in {where}" if is_taken_back else f"{where} does not say no, {_BEFORE[row.said_before]}"
    else:
        said = f"{where} says no" if row.origin == row.says_no else f"from {where}"
    who, when = _who(row, page), _when(row.set_at)
    if row.by_history:
        return f"{said} by {who}{when}" if is_taken_back else f"{said}, set by {who}{when}"
    return f"{said}; record last changed by {who}{when}" if row.set_by or row.set_at else said


def _who(row: ConsentRow, page: Page) -> str:
    if row.is_ours:
        return "pardotflow"
    if row.user:
        return page.mask(row.user, "name") if page.mask is not None else row.user
    return f"user {row.set_by}" if row.set_by else "an unknown user"


def _when(stamp: str) -> str:
    date, _, time = stamp.partition("T")
    return f" at {date} {time[:5]} UTC" if time else ""
