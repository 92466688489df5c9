"""How the records of each sync were paired, by which key, and what found no partner.

One paragraph a sync; keys in the order in which they are tried.
"""

from rich.cells import cell_len
from rich.text import Text

from pardotflow.plan.model import Identity
from pardotflow.views.labels import UNMATCHED
from pardotflow.views.layout import blanks, heading, join, paragraph, words
from pardotflow.views.page import Page
from pardotflow.views.words import listed, number, plural, system_name

_LONGEST_NAME = 20
_LEFT_OUT = {
    "outside_selection": "outside the selection: not compared, nothing made for them",
    "do_not_sync": "marked as not to be synced: nothing made for them",
    "person_contact": "contacts of person accounts: only the account can be written",
    "business_account": "business accounts: no people",
}


def identity_lines(identity: tuple[Identity, ...], page: Page) -> list[Text]:
    """The block; nothing where no sync pairs records."""
    told = [(one, [text for text in _sentences(one) if text]) for one in identity]
    told = [(one, texts) for one, texts in told if texts]
    if not told:
        return []
    column = min(max(cell_len(one.sync) for one, _ in told), _LONGEST_NAME)
    lines = [heading("Identity")]
    for one, texts in told:
        name = join(blanks(2), words(one.sync))
        for index, text in enumerate(texts):
            lines += paragraph(text, page.width, first=None if index else name, indent=column + 4)
    return lines


def _sentences(one: Identity) -> list[str]:
    return [_linked(one), _ambiguous(one), *_unmatched(one), *_left_out(one)]


def _linked(one: Identity) -> str:
    before = f"{plural(one.linked_before, 'pair')} linked before" if one.linked_before else ""
    new = listed(f"{number(n)} by {key}" for key, n in one.linked_now if n)
    followed = f"{number(one.followed)} followed a conversion or a merge" if one.followed else ""
    return "; ".join(part for part in (before, f"newly linked {new}" if new else "", followed) if part)


def _ambiguous(one: Identity) -> str:
    return f"{number(one.ambiguous)} ambiguous: nothing is linked for them" if one.ambiguous else ""


def _unmatched(one: Identity) -> list[str]:
    """Both sides, each with the reasons, the most frequent first."""
    sides = ((one.a, one.unmatched_a), (one.b, one.unmatched_b))
    return [f"without a counterpart {number(n)} in {system_name(side)}{_reasons(one, side)}" for side, n in sides if n]


def _reasons(one: Identity, side: str) -> str:
    told = [(n, UNMATCHED.get(why, (why, why))[n != 1]) for system, why, n in one.unmatched if system == side]
    if len(told) == 1:
        return f", which {told[0][1]}"
    return f": {listed(f'{number(n)} {does}' for n, does in told)}" if told else ""


def _left_out(one: Identity) -> list[str]:
    reasons = dict.fromkeys(reason for _, reason, _ in one.left_out)
    return [f"{_counted(one, reason)} {_LEFT_OUT.get(reason, reason)}" for reason in reasons]


def _counted(one: Identity, reason: str) -> str:
    return listed(f"{number(n)} in {system_name(side)}" for side, why, n in one.left_out if why == reason)
