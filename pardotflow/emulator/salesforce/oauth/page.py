"""The pages that a person sees in the web server flow; they work without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from string import Template

from pardotflow.emulator.exchange import Reply
from pardotflow.emulator.salesforce.oauth.answer import OAuthError
from pardotflow.emulator.state import State

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_PARAMETERS = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)
_PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 4rem auto; padding: 0 1rem; color: #181818; }
h1 { font-size: 1.4rem; }
code { overflow-wrap: anywhere; }
button { font: inherit; padding: .5rem 1.5rem; margin-right: .5rem; border: 1px solid #0b5cab; border-radius: .25rem;
  background: #fff; color: #0b5cab; cursor: pointer; }
button[value=allow] { background: #0b5cab; color: #fff; }
</style>
</head>
<body>
<h1>$title</h1>
$content
</body>
</html>
""")
_CONSENT = Template("""<p>The connected app asks to act as <strong>$user</strong> in <strong>$org</strong> with:</p>
<ul>
$scopes
</ul>
<p>You are sent back to <code>$callback</code>.</p>
<form method="post" action="/services/oauth2/authorize">
$hidden
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>
<p>This is the emulator of pardotflow, not Salesforce.</p>""")


def write_consent(state: State, form: Mapping[str, str], scope: str) -> Reply:
    """Who asks for what, and two buttons."""
    hidden = [
        f'<input type="hidden" name="{name}" value="{escape(form[name])}">' for name in _PARAMETERS if name in form
    ]
    content = _CONSENT.substitute(
        user=escape(state.identity.connected.username),
        org=escape(state.identity.org_name),
        scopes="\n".join(f"<li>{escape(each)}</li>" for each in scope.split()),
        callback=escape(form["redirect_uri"]),
        hidden="\n".join(hidden),
    )
    return _page(200, "Allow access?", content)


def write_refusal(error: OAuthError) -> Reply:
    """An error that no callback may hear of."""
    content = f"<p>error=<code>{escape(error.error)}</code></p>\n<p>error_description={escape(error.description)}</p>"
    return _page(400, "OAuth error", content)


def _page(status: int, title: str, content: str) -> Reply:
    body = _PAGE.substitute(title=escape(title), content=content)
    return Reply(status=status, body=body.encode(), media="text/html;charset=UTF-8", headers=_HEADERS)
