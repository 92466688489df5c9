"""Strict YAML with positions: text into a tree of nodes, or diagnostics.

Refused are duplicate keys, merge keys, tags, several documents, keys that are not texts, and aliases that repeat
without end. What the parser itself refuses is said with the place where a person can put it right.
"""

import re
from dataclasses import replace

import yaml

from pardotflow.config.composer import Composer, Unreadable
from pardotflow.config.findings import Findings
from pardotflow.config.lines import split_lines
from pardotflow.config.nodes import MapNode
from pardotflow.core.span import Span

# YAML 1.1, section 5.1: every character outside this set is refused by the parser.
_FORBIDDEN = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse_document(text: str, file: str, findings: Findings) -> MapNode | None:
    """The mapping that the file holds, or None where it cannot be read any further.

    `file` is the name relative to the project's root. Duplicate keys are reported and the first one is kept.
    """
    if _has_forbidden(text, file, findings):
        return None
    composer = Composer(text, file, findings)
    try:
        return composer.compose()
    except yaml.MarkedYAMLError as e:
        _report_syntax(e, composer, findings)
    except yaml.YAMLError as e:
        findings.error("PF102", f"this is not YAML: {e}", Span(file=file, line=1))
    except Unreadable:
        pass
    return None


def _has_forbidden(text: str, file: str, findings: Findings) -> bool:
    found = _FORBIDDEN.search(text)
    if found is None:
        return False
    before = split_lines(text[: found.start()])
    message = f"the file holds the character U+{ord(found[0]):04X}, which YAML does not allow"
    span = Span(file=file, line=len(before), column=len(before[-1]) + 1)
    findings.error("PF102", message, span, "Remove it, or write it as an escape in double quotes.")
    return True


def _report_syntax(error: yaml.MarkedYAMLError, composer: Composer, findings: Findings) -> None:
    problem, context = error.problem_mark, error.context_mark
    is_at_end = problem is None or not any(line.strip() for line in composer.lines[problem.line :])
    # A quote or bracket that is never closed ends the file; what helps is where it was opened.
    mark = context if is_at_end else problem
    is_inside = mark is not None and mark.line < len(composer.lines)
    span = (
        Span(file=composer.file, line=mark.line + 1, column=mark.column + 1) if mark and is_inside else composer.end()
    )
    text = composer.lines[span.line - 1]
    indent = text[: len(text) - len(text.lstrip())]
    if "\t" in indent:
        findings.error("PF102", "a tab in the indentation", replace(span, column=1), "Indent with spaces.")
        return
    where = f" ({error.context}, line {context.line + 1})" if context and context.line + 1 != span.line else ""
    quote = 'Put the text in quotes: it starts with a character that YAML keeps for itself, such as "@" or "%".'
    general = "Look at the indentation, the quotes and the brackets of this line and the one above."
    help = quote if text[span.column - 1 : span.column] in ("@", "`", "%") else general
    findings.error("PF102", f"this is not YAML: {error.problem}{where}", span, help)
