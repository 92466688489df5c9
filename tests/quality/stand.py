"""A project on disk and cases for it, without any system: what the fake systems declare is all that is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pardotflow.config.findings import Findings
from pardotflow.config.load import load_project
from pardotflow.config.project import Project
from pardotflow.core.describe import Catalog, FieldInfo
from pardotflow.core.values import System
from pardotflow.engine.checks import check_all, whole_catalog
from pardotflow.plan.verdicts import CaseReport, Verdict
from pardotflow.quality.generate import generate_tests
from pardotflow.quality.load import load_tests
from pardotflow.quality.run import run_tests
from tests.engine.harness import PROJECT, SOURCES, Yaml, people
from tests.engine.schema import catalog_of, objects_of

VALUE_MAP = "salesforce,pardot\nWeb,web\nFair,fair\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A project that has been checked."""

    project: Project
    catalog: Catalog

    def run(self, *cases: Yaml) -> CaseReport:
        """Run cases of the sync `people`; they must be understood."""
        text = yaml.safe_dump({"tests": "people", "cases": list(cases)}, allow_unicode=True, sort_keys=False)
        return self.run_text(text)

    def run_text(self, text: str) -> CaseReport:
        """Run a file of cases."""
        file = self.project.root / "tests" / "people.yml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
        findings = Findings()
        report = run_tests(self.project, self.catalog, load_tests(self.project.root, (), findings), findings)
        assert not findings.diagnostics, [(d.message, str(d.span)) for d in findings.diagnostics]
        return report

    def judge(self, **case: Any) -> Verdict:
        """Run one case."""
        (verdict,) = self.run({"case": "the case", **case}).files[0].verdicts
        return verdict

    def holds(self, **case: Any) -> bool:
        """True where one case holds."""
        return self.judge(**case).is_held

    def told(self, **case: Any) -> list[str]:
        """What differs in one case, in a line each."""
        found = self.judge(**case).differences
        return [f"{d.what}: {d.expected} / {d.planned} ({d.why})" for d in found]

    def generate(self, mapping: str = "") -> str:
        """The truth table of the sync, or of one mapping."""
        return generate_tests(self.project, self.catalog, "people", mapping)


def stand(
    root: Path,
    fields: Iterable[Yaml],
    models: Yaml | None = None,
    known: Mapping[System, Iterable[FieldInfo]] | None = None,
    **more: Any,
) -> Stand:
    """A project with one sync, `people`, and the models by name. `known` are fields on every object of a system."""
    for folder in ("environments", "sources", "syncs", "models"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "pardotflow.yml").write_text(PROJECT, "utf-8")
    (root / "environments/dev.yml").write_text("type: emulator\n", "utf-8")
    (root / "sources/all.yml").write_text(yaml.safe_dump(SOURCES), "utf-8")
    (root / "syncs/sources.csv").write_text(VALUE_MAP, "utf-8")
    (root / "syncs/people.yml").write_text(yaml.safe_dump(people(fields, **more), allow_unicode=True), "utf-8")
    for name, sql in (models or {}).items():
        (root / "models" / f"{name}.sql").write_text(sql, "utf-8")
    loaded = load_project(root, "dev", {}, environ={})
    assert loaded.project is not None, [d.message for d in loaded.diagnostics]
    catalog = catalog_of({s: objects_of(s, (known or {}).get(s, ())) for s in (System.SALESFORCE, System.PARDOT)})
    wrong = [d.message for d in check_all(loaded.project, catalog) if d.severity == "error"]
    assert not wrong, wrong
    return Stand(project=loaded.project, catalog=whole_catalog(loaded.project, catalog))
