"""An emulator that outlives the commands, and a project whose environment reaches it by address and credentials.

To the commands it is an org like any other: the environments `live` and `production` know nothing of an emulator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from .driving import Json, Project, serving

ORG = "org.db"
"""The data file of the served emulator, in the project's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A served emulator and the project that reaches it."""

    project: Project
    data: Path
    url: str

    def admin(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Json:
        """One call of the emulator's own interface."""
        answer = httpx.request(method, f"{self.url}/__admin/{path}", json=body, timeout=30, trust_env=False)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def switch(self, **values: bool | float | str) -> None:
        """Turn behaviours."""
        self.admin("PUT", "switches", values)

    def edit(self, address: str, **fields: object) -> None:
        """Edit a record as a person would."""
        self.admin("PUT", "set", {"address": address, "fields": fields})

    def create(self, kind: str, **fields: object) -> str:
        """Create a record as another client of the org would; returns its id."""
        variables = self.project.variables
        headers = {"Authorization": f"Bearer {variables['SF_ACCESS_TOKEN']}"}
        path = f"/services/data/v60.0/sobjects/{kind}"
        if kind == "prospect":
            headers["Pardot-Business-Unit-Id"] = variables["PARDOT_BUSINESS_UNIT_ID"]
            path = "/api/v5/objects/prospects?fields=id"
        answer = httpx.post(self.url + path, headers=headers, json=fields, timeout=30, trust_env=False)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


@contextmanager
def living(project: Project, environment: str = "live") -> Iterator[Live]:
    """Serve the project's org, made from its seed where it is new."""
    data = project.root / ORG
    if not data.exists():
        project.run("emulator", "seed", "seed", "--data", str(data)).expect(0)
    with serving(data) as (port, variables):
        reached = replace(project, environment=environment, variables=variables)
        yield Live(project=reached, data=data, url=f"http://127.0.0.1:{port}")
