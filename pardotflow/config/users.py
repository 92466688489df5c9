"""How users of one system become users of the other: `users:` of a mapping and `owner:` of a create rule.

Users are named by id or by e-mail. Whether they exist is not asked here: that is data, and a plan says it.
"""

import re
from pathlib import Path

from pardotflow.config.findings import Findings
from pardotflow.config.nodes import MapNode, Scalar
from pardotflow.config.user_map import OwnerRule, Queues, UserKey, UserMap
from pardotflow.config.value_maps import Orientation, load_value_map
from pardotflow.core.span import Span
from pardotflow.core.values import System

_SIDES = (System.SALESFORCE, System.PARDOT)
_FORMS = {
    System.SALESFORCE: re.compile(r"005[A-Za-z0-9]{12}([A-Za-z0-9]{3})?|\S+@\S+"),
    System.PARDOT: re.compile(r"[0-9]+|\S+@\S+"),
}
_WAYS_OUT = {
    System.SALESFORCE: "Write the id of a User, which begins with 005, or an e-mail address.",
    System.PARDOT: "Write the user's id, a number, or an e-mail address.",
}


def build_users(node: MapNode, target: System, folder: Path, root: Path, findings: Findings) -> UserMap:
    """The user map of a tree that follows the sync schema, towards the users of `target`."""
    fallback = node.scalar("fallback")
    if fallback:
        _check_user(fallback.text, target, fallback.span, "the fallback", findings)
    queues = Queues(node.text("queues", Queues.HOLD))
    if queues is Queues.FALLBACK and fallback is None:
        help = "Add fallback: with a user, or write queues: hold."
        findings.error("PF180", "queues: fallback needs a fallback", node.spans()["queues"], help)
    return UserMap(
        match=_match(node),
        pairs=_pairs(node, target, folder, root, findings),
        fallback=fallback.text.strip() if fallback else "",
        queues=queues,
        span=node.span,
        spans=node.spans(),
    )


def build_owner(node: MapNode, folder: Path, root: Path, findings: Findings) -> OwnerRule:
    """The owner of a new record in Salesforce."""
    users = build_users(node, System.SALESFORCE, folder, root, findings)
    return OwnerRule(field=node.text("from", "userId"), users=users, span=node.span, spans=node.spans())


def _match(node: MapNode) -> tuple[UserKey, ...]:
    single = node.scalar("match")
    listed = [i.text for i in node.items("match") if isinstance(i, Scalar)]
    return tuple(UserKey(text) for text in ([single.text] if single else listed)) or tuple(UserKey)


def _pairs(node: MapNode, target: System, folder: Path, root: Path, findings: Findings) -> tuple[tuple[str, str], ...]:
    written = node.scalar("map")
    if written is None:
        return ()
    reads = (0,) if target is System.PARDOT else (1,)
    sides = (str(_SIDES[0]), str(_SIDES[1]))
    found = load_value_map(written, folder, root, Orientation(sides=sides, reads=reads), findings)
    pairs = found.pairs if found else ()
    for pair in pairs:
        for system, user in zip(_SIDES, pair, strict=True):
            _check_user(user, system, written.span, f"{written.text}:", findings)
    return tuple(sorted(pairs))


def _check_user(text: str, system: System, span: Span, what: str, findings: Findings) -> None:
    if not _FORMS[system].fullmatch(text.strip()):
        findings.error("PF180", f'{what} "{text}" cannot be a user of {system}', span, _WAYS_OUT[system])
