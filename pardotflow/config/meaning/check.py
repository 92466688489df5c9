"""All checks of a read project, in one list.

Each check is a function of a scope; none depends on another, and all of them always run.
"""

from collections.abc import Callable

from pardotflow.config.findings import Findings
from pardotflow.config.frames import with_frames
from pardotflow.config.meaning.connector import check_connector
from pardotflow.config.meaning.consent import check_consent
from pardotflow.config.meaning.creates import check_creates
from pardotflow.config.meaning.expressions import check_expressions
from pardotflow.config.meaning.fields import check_fields, report_unread
from pardotflow.config.meaning.fit import check_fit
from pardotflow.config.meaning.forms import check_forms
from pardotflow.config.meaning.locked import check_locked
from pardotflow.config.meaning.maps import check_maps
from pardotflow.config.meaning.names import check_names
from pardotflow.config.meaning.policies import check_policies
from pardotflow.config.meaning.read_models import check_read_models
from pardotflow.config.meaning.scope import Scope
from pardotflow.config.meaning.selection import check_selection
from pardotflow.config.meaning.several import check_several
from pardotflow.config.meaning.sources import check_sources
from pardotflow.config.meaning.targets import check_targets
from pardotflow.config.meaning.traps import check_traps
from pardotflow.config.meaning.unsteady import check_unsteady
from pardotflow.config.meaning.users import check_users
from pardotflow.config.project import Project
from pardotflow.core.describe import Catalog
from pardotflow.core.diagnostic import Diagnostic

_CHECKS: tuple[Callable[[Scope], None], ...] = (
    check_names,
    check_sources,
    check_fields,
    check_targets,
    check_read_models,
    check_policies,
    check_several,
    check_creates,
    check_expressions,
    check_unsteady,
    check_connector,
    check_traps,
    check_fit,
    check_forms,
    check_maps,
    check_users,
    check_locked,
    check_consent,
    check_selection,
)


def check_project(project: Project, catalog: Catalog) -> tuple[Diagnostic, ...]:
    """Everything that is wrong between the files, and between them and what the systems hold; sorted by place."""
    findings = Findings()
    if not project.syncs:
        help = "Write one: syncs/NAME.yml says which two sides it keeps equal, how records match, and which fields."
        findings.error("PF109", "the project has no syncs, so there is nothing to plan", None, help)
    _check(Scope(project=project, catalog=catalog, findings=findings))
    return with_frames(findings.diagnostics, project.root)


def check_parts(project: Project, findings: Findings) -> None:
    """As `check_project` for the parts of a project with errors, without a catalog: its sources are whole, every model
    has its name, and syncs that were not understood are left out."""
    _check(Scope(project=project, catalog=Catalog(objects={}), findings=findings))


def _check(scope: Scope) -> None:
    for check in _CHECKS:
        check(scope)
    report_unread(scope)
