"""`models/NAME.sql`: one SELECT over sources and other models.

A model names what it reads through `source()` and `ref()`, so that the graph knows it; a bare table name is an error.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pardotflow.config.files import read_text, relative
from pardotflow.config.findings import Findings
from pardotflow.config.lines import split_lines
from pardotflow.config.project import Model
from pardotflow.config.sql_text import SqlPlace, place_of, problem_of
from pardotflow.config.templates import TemplateProblem, render_template
from pardotflow.config.variables import Renderer
from pardotflow.core.span import Span


@dataclass(slots=True)
class _Reads:
    """What a model asked for while it was rendered."""

    sources: dict[str, None] = field(default_factory=dict)
    refs: dict[str, None] = field(default_factory=dict)

    def source(self, name: str) -> str:
        self.sources[name] = None
        return f'"src_{name}"'

    def ref(self, name: str) -> str:
        self.refs[name] = None
        return f'"model_{name}"'

    @property
    def relations(self) -> frozenset[str]:
        return frozenset([f"src_{s}" for s in self.sources] + [f"model_{r}" for r in self.refs])


def load_model(path: Path, root: Path, renderer: Renderer, findings: Findings) -> Model:
    """The model of a file, named after it. One that cannot be used has no SQL, which has been reported."""
    text = read_text(path, root, findings)
    file, reads = relative(path, root), _Reads()
    sql = "" if text is None else _render(text, file, renderer, reads, findings)
    return Model(
        name=path.stem,
        sql=sql,
        sources=tuple(reads.sources),
        refs=tuple(reads.refs),
        span=Span(file=file, line=1),
        spans=_call_spans(file, text or ""),
    )


def _render(text: str, file: str, renderer: Renderer, reads: _Reads, findings: Findings) -> str:
    """The SQL of a model's text; the empty text where it is not one SELECT."""
    try:
        sql = render_template(text, {**renderer.names, "source": reads.source, "ref": reads.ref, "config": _config})
    except TemplateProblem as e:
        if e.code:
            findings.error(e.code, e.message, _line_span(file, text, e.line or 1), e.help)
        return ""
    return sql if _is_one_select(sql, text, file, reads, findings) else ""


def span_in_model(model: Model, root: Path, place: SqlPlace) -> Span:
    """A place in a model's rendered SQL as one in its file; the start of the file where that has gone."""
    text = read_text(root / model.span.file, root, Findings())
    return model.span if text is None else _source_span(place, model.sql, text, model.span.file)


def _config(**settings: object) -> str:
    known = ", ".join(settings) or "nothing"
    way_out = "Remove it: models run in the embedded engine."
    raise TemplateProblem("PF190", f"config() of a model ({known}) has no effect yet", way_out)


def _is_one_select(sql: str, text: str, file: str, reads: _Reads, findings: Findings) -> bool:
    try:
        statements = [s for s in sqlglot.parse(sql, dialect="duckdb") if s is not None]
    except SqlglotError as e:
        message, place = problem_of(e)
        findings.error("PF170", message, _source_span(place, sql, text, file))
        return False
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        message = "a model is one SELECT statement" + (f", not {len(statements)}" if len(statements) != 1 else "")
        findings.error("PF171", message, Span(file=file, line=1), "A common table expression can hold more steps.")
        return False
    strangers = _strangers(statements[0], reads)
    for table in strangers:
        help = f"Write {{{{ source('{table.name}') }}}} or {{{{ ref('{table.name}') }}}}."
        message = f'the table "{table.name}" is not read through source() or ref()'
        findings.error("PF171", message, _source_span(place_of(table.this), sql, text, file), help)
    return not strangers


def _strangers(query: exp.Query, reads: _Reads) -> list[exp.Table]:
    """Tables that the model names by itself, in the order of the text. Table functions have no name."""
    own = {cte.alias.lower() for cte in query.find_all(exp.CTE)} | {r.lower() for r in reads.relations}
    tables = (t for t in query.find_all(exp.Table) if isinstance(t.this, exp.Identifier))
    return sorted((t for t in tables if t.name.lower() not in own), key=lambda t: int(t.this.meta.get("start", 0)))


def _source_span(place: SqlPlace, sql: str, text: str, file: str) -> Span:
    """A place in the rendered SQL as one in the file. Templates may change a line, so a column is kept only where the
    line is the same in both up to the end of the place."""
    rendered, written = split_lines(sql), split_lines(text)
    line = min(place.line, len(written))
    end = place.column - 1 + place.length
    is_same = len(rendered) == len(written) and rendered[line - 1][:end] == written[line - 1][:end]
    return (
        Span(file=file, line=line, column=place.column, length=place.length)
        if is_same
        else _line_span(file, text, line)
    )


def _line_span(file: str, text: str, line: int) -> Span:
    written = split_lines(text)[line - 1]
    stripped = written.strip()
    column = len(written) - len(written.lstrip()) + 1
    return Span(file=file, line=line, column=column, length=max(1, len(stripped)))


_CALL = re.compile(r"""\b(source|ref)\(\s*["']([^"']*)["']""")


def _call_spans(file: str, text: str) -> dict[str, Span]:
    """Where each name stands first, by `source:NAME` and `ref:NAME`."""
    spans: dict[str, Span] = {}
    for number, line in enumerate(split_lines(text), start=1):
        for call in _CALL.finditer(line):
            span = Span(file=file, line=number, column=call.start(2) + 1, length=max(1, len(call[2])))
            spans.setdefault(f"{call[1]}:{call[2]}", span)
    return spans
