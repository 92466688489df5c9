"""Who a session belongs to: the identity URL and userinfo.

Facts: salesforce_api.md §1.1. The keys beyond `id`, `user_id` and `organization_id` follow the published examples.
"""

from __future__ import annotations

import re

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.ids import to_18
from pardotflow.emulator.salesforce.errors import json_reply, not_found, session_gone
from pardotflow.emulator.salesforce.oauth.answer import form_of, write_answer
from pardotflow.emulator.salesforce.oauth.session import bearer, find_user
from pardotflow.emulator.state import State

_PATH = re.compile(r"/id/(\w+)/(\w+)", re.IGNORECASE)


def show_identity(state: State, call: Call) -> Reply:
    """`GET /id/ORG/USER`: the token comes as header or as `oauth_token`; `format` may be json or xml."""
    form = form_of(call)
    user_id = find_user(state, bearer(call) or form.get("oauth_token", ""))
    if user_id is None:
        return session_gone().to_reply()
    match = _PATH.fullmatch(call.path.rstrip("/"))
    if match is None or [to_18(part) for part in match.groups()] != [state.identity.org_id, user_id]:
        return not_found().to_reply()
    values = _describe(state, call, user_id)
    if form.get("format") in {"xml", "urlencoded"}:
        values.pop("urls")
        return write_answer(call, form, values)
    return json_reply(values)


def _describe(state: State, call: Call, user_id: str) -> dict[str, object]:
    person = state.identity.connected
    return {
        "id": f"{call.base_url}/id/{state.identity.org_id}/{user_id}",
        "asserted_user": True,
        "user_id": user_id,
        "organization_id": state.identity.org_id,
        "username": person.username,
        "nick_name": person.username.partition("@")[0],
        "display_name": f"{person.first_name} {person.last_name}",
        "email": person.email,
        "email_verified": True,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "timezone": "America/Los_Angeles",
        "active": True,
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_US",
        "utcOffset": -28_800_000,
        "urls": _urls(call),
    }


def _urls(call: Call) -> dict[str, str]:
    soap, rest = f"{call.base_url}/services/Soap", f"{call.base_url}/services/data/v{{version}}/"
    return {
        "enterprise": f"{soap}/c/{{version}}",
        "partner": f"{soap}/u/{{version}}",
        "rest": rest,
        "sobjects": f"{rest}sobjects/",
        "query": f"{rest}query/",
        "recent": f"{rest}recent/",
    }


def show_userinfo(state: State, call: Call) -> Reply:
    """`/services/oauth2/userinfo`: the same person in the words of OpenID."""
    user_id = find_user(state, bearer(call) or form_of(call).get("access_token", ""))
    if user_id is None:
        return session_gone().to_reply()
    person = state.identity.connected
    return json_reply(
        {
            "sub": f"{call.base_url}/id/{state.identity.org_id}/{user_id}",
            "user_id": user_id,
            "organization_id": state.identity.org_id,
            "preferred_username": person.username,
            "nickname": person.username.partition("@")[0],
            "name": f"{person.first_name} {person.last_name}",
            "email": person.email,
            "email_verified": True,
            "given_name": person.first_name,
            "family_name": person.last_name,
            "zoneinfo": "America/Los_Angeles",
            "urls": _urls(call),
            "active": True,
            "user_type": "STANDARD",
            "language": "en_US",
            "locale": "en_US",
        }
    )
