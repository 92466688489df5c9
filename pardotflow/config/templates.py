"""Jinja inside one text: rendered after the file was parsed, in a sandbox, with undefined names as errors.

A template sees only the names that it is given; nothing of Jinja's own globals.
"""

from collections.abc import Callable, Iterator, Mapping
from types import TracebackType

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, meta
from jinja2.sandbox import SandboxedEnvironment

from pardotflow.config.findings import suggest

Names = Mapping[str, Callable[..., str]]

_FUNCTIONS = "A template may call var(), in models source() and ref(), in environments/*.yml env_var()."
_MARKS = ("{{", "{%", "{#")
# What an expression of a template can raise by itself: 1 / 0, 'a' + 1, [][3], a wrong number of arguments.
_OWN_ERRORS = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)


class TemplateProblem(Exception):
    """A template that cannot be rendered: diagnostic code, message and way out; `line` counts from 1 inside it."""

    def __init__(self, code: str, message: str, help: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help
        self.line = line


def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    environment.globals.clear()
    return environment


_ENVIRONMENT = _environment()


def is_template(text: str) -> bool:
    """True where the text has anything that Jinja would read."""
    return any(mark in text for mark in _MARKS)


def check_template(text: str, names: Names) -> None:
    """Parse only. Raises TemplateProblem for bad syntax and for names that no template has."""
    try:
        tree = _ENVIRONMENT.parse(text)
        unknown = sorted(meta.find_undeclared_variables(tree) - set(names))
    except TemplateSyntaxError as e:
        raise TemplateProblem("PF120", f"the template is not Jinja: {e.message}", line=e.lineno) from e
    except TemplateError as e:
        raise TemplateProblem("PF120", f"the template is not Jinja: {e.message}") from e
    if unknown:
        way_out = f"{suggest(unknown[0], names)} {_FUNCTIONS}".strip()
        raise TemplateProblem("PF121", f'the template uses the unknown name "{unknown[0]}"', way_out)


def render_template(text: str, names: Names) -> str:
    """The rendered text. Raises TemplateProblem; one that a function of `names` raises comes through with its line."""
    check_template(text, names)
    try:
        return _ENVIRONMENT.from_string(text).render(names)
    except TemplateProblem as e:
        e.line = e.line or _template_line(e)
        raise
    except UndefinedError as e:
        raise TemplateProblem(
            "PF121", f"the template uses an undefined value: {e.message}", line=_template_line(e)
        ) from e
    except (TemplateError, *_OWN_ERRORS) as e:
        raise TemplateProblem("PF124", f"the template cannot be rendered: {e}", line=_template_line(e)) from e


def _template_line(error: BaseException) -> int:
    return next((t.tb_lineno for t in _tracebacks(error) if t.tb_frame.f_code.co_filename == "<template>"), 0)


def _tracebacks(error: BaseException) -> Iterator[TracebackType]:
    traceback = error.__traceback__
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next
