"""What must be read before anything else: which plan this is, and what blocks it.

Blocking guards come before every number of the plan, each with the exact flag that lets it pass once.
"""

from rich.text import Text

from pardotflow.plan.guardnames import allow_names
from pardotflow.plan.model import GuardResult, PlanMeta, PlanReport
from pardotflow.views.labels import GUARDS
from pardotflow.views.layout import blanks, edges, join, paragraph, words
from pardotflow.views.page import Page
from pardotflow.views.words import minute, number, plural


def head_lines(meta: PlanMeta, page: Page) -> list[Text]:
    """Project, environment and plan, and what is special about it."""
    names = join(words(meta.project, "bold"), words(" → ", "dim"), words(meta.environment, "bold"))
    made = words(minute(meta.created_at), "dim")
    lines = edges(join(names, join(words("plan "), words(meta.id, "cyan")), gap=3), made, page.width)
    if meta.production:
        lines.append(words(" PRODUCTION  Everything that apply sends changes live records. ", "bold white on red"))
    for text, style in _special(meta):
        lines.extend(paragraph(text, page.width, style=style))
    return lines


def _special(meta: PlanMeta) -> list[tuple[str, str]]:
    said = [(meta.warning, "bold red")] if meta.warning else []
    if meta.selection:
        said.append((f"Narrowed to {meta.selection}: what lies outside was not compared.", "yellow"))
    elif not meta.complete:
        said.append(("Incomplete: not everything could be compared, see the notes.", "bold yellow"))
    if meta.errored:
        said.append(("Something failed while the plan was made: it cannot be applied.", "bold red"))
    if meta.empty_memory:
        first = "Nothing is remembered yet: pairs are linked and values adopted without a base."
        said.append((first, "yellow"))
    return said


def blocked_lines(report: PlanReport, page: Page) -> list[Text]:
    """The guards that block the plan; nothing where none does."""
    exceeded = [guard for guard in report.guards if not guard.passed]
    if not exceeded:
        return [words("BLOCKED: see the notes.", "bold red")] if report.meta.blocked else []
    failed = [guard for guard in exceeded if not guard.let_pass]
    let = [guard for guard in exceeded if guard.let_pass]
    lines = [words(f"BLOCKED by {plural(len(failed), 'guard')}", "bold red")] if failed else []
    lines += [line for guard in failed for line in _guard(guard, page)]
    lines += [words(f"{plural(len(let), 'guard')} let pass this once", "bold yellow")] if let else []
    return lines + [line for guard in let for line in _guard(guard, page)]


def _guard(guard: GuardResult, page: Page) -> list[Text]:
    allowed = number(guard.allowed)
    limit = f"{allowed} allowed" if guard.limit in ("", str(guard.allowed)) else f"{allowed} allowed ({guard.limit})"
    noun, verb = GUARDS.get(guard.guard.partition(":")[0], ("item", "planned"))
    counted = f"{plural(guard.number, noun)} {verb}".rstrip()
    colour = "yellow" if guard.let_pass else "red"
    what = join(
        words("! " if guard.let_pass else "✗ ", f"bold {colour}"),
        words(f"{guard.sync}  {guard.guard}".strip(), "bold"),
        words(f"  {counted}, {limit}", colour),
    )
    lines = edges(join(blanks(2), what), words(guard.line, "cyan"), page.width)
    said = "    let pass once by:" if guard.let_pass else "    let it pass once:"
    flag = paragraph(guard.flag, page.width, first=words(said, "dim"), indent=22, style="bold")
    return lines + flag


def guards_fact(report: PlanReport) -> str:
    """The guards that looked and were content, each with its number and its limit."""
    passed = [guard for guard in report.guards if guard.passed]
    names = dict(zip(report.guards, allow_names([(g.sync, g.guard) for g in report.guards]), strict=True))
    told = ", ".join(f"{names[guard]} {number(guard.number)} of {number(guard.allowed)}" for guard in passed)
    return f"{told} allowed" if told else ""
