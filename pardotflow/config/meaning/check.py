"""All checks of a read project, in one list.

Each check is a function of a scope; none depends on another, and all of them always run.
"""

from collections.abc import Callable

from pardotflow.config.findings import Findings
from pardotflow.config.frames import with_frames
from pardotflow.config.meaning.connector import check_connector
from pardotflow.config.meaning.creates import check_creates
from pardotflow.config.meaning.expressions import check_expressions
from pardotflow.config.meaning.fields import check_fields
from pardotflow.config.meaning.names import check_names
from pardotflow.config.meaning.policies import check_policies
from pardotflow.config.meaning.scope import Scope
from pardotflow.config.meaning.sources import check_sources
from pardotflow.config.meaning.targets import check_targets
from pardotflow.config.project import Project
from pardotflow.core.describe import Catalog
from pardotflow.core.diagnostic import Diagnostic

_CHECKS: tuple[Callable[[Scope], None], ...] = (
    check_names,
    check_sources,
    check_fields,
    check_targets,
    check_policies,
    check_creates,
    check_expressions,
    check_connector,
)


def check_project(project: Project, catalog: Catalog) -> tuple[Diagnostic, ...]:
    """Everything that is wrong between the files, and between them and what the systems hold; sorted by place."""
    scope = Scope(project=project, catalog=catalog, findings=Findings())
    for check in _CHECKS:
        check(scope)
    return with_frames(scope.findings.diagnostics, project.root)
