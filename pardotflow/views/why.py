"""The answer of `why` on a terminal: who the record is, and for each field what is held, remembered and decided.

Several fields take a line each; one field alone is told in full. What records hold is shown as visible text alone.
"""

from collections import Counter

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from pardotflow.plan.explanation import (
    Explanation,
    FieldExplanation,
    Half,
    IdChange,
    Outcome,
    RecordState,
    Refusal,
    SeenRecord,
    SyncExplanation,
    Write,
)
from pardotflow.plan.model import Action, RecordName
from pardotflow.views.layout import blanks, clipped, edges, grid, join, left, paragraph, shown, stacked, words
from pardotflow.views.page import FACT, Page, address, page_for
from pardotflow.views.terminal.change import Move, move_text
from pardotflow.views.values import Mask, Shown, plain, show_masked, show_pair, show_value
from pardotflow.views.whywords import (
    COUNTED,
    OUTCOMES,
    STATES,
    decision_words,
    link_words,
    situation_sentence,
    standing_words,
    verdict_words,
)
from pardotflow.views.words import listed, minute, plural, system_name

_LONGEST_FIELD = 24
_LEAST_VALUES = 32


def render_why(explanation: Explanation, *, width: int, mask: Mask | None = None) -> RenderableType:
    """The explanation for a screen of `width` cells; `mask` as in `render_plan`."""
    # Where nothing was read now, how old the values are is part of the answer.
    page = page_for(width, mask=mask, full=explanation.is_offline)
    blocks = [_head(explanation, page)]
    for sync in explanation.syncs:
        blocks += _sync(sync, page, alone=bool(explanation.field))
    return Group(*(clipped(line, page.width) for line in stacked(blocks)))


def _head(explanation: Explanation, page: Page) -> list[Text]:
    names = join(words(explanation.project, "bold"), words(" → ", "dim"), words(explanation.environment, "bold"))
    asked = words(f"{address(explanation.record)}{'#' if explanation.field else ''}{explanation.field}", "cyan")
    lines = edges(join(names, words("why"), gap=3), asked, page.width)
    if explanation.is_offline:
        lines.append(words("Offline: nothing was read now.", "yellow"))
    for note in explanation.notes:
        lines += paragraph(f"{note[:1].upper()}{note[1:]}", page.width, style="yellow")
    return lines


def _sync(sync: SyncExplanation, page: Page, *, alone: bool) -> list[list[Text]]:
    """The blocks of one sync."""
    title = join(words(sync.sync, "bold"), words(f"strength {sync.strength}", "dim"), gap=2)
    who = [
        *edges(title, words(sync.line, "cyan"), page.width),
        *_seen(sync.a, sync.a_system, page),
        *_seen(sync.b, sync.b_system, page),
        *_linked(sync, page),
    ]
    for standing in sync.standings:
        who += _with_line(standing_words(standing), standing.line, page, "yellow")
    if alone:
        return [who, *(block for cell in sync.fields for block in _alone(cell, sync, page)), _refused(sync, page)]
    return [who, _fields(sync, page), _refused(sync, page)]


def _seen(seen: SeenRecord | None, system: str, page: Page) -> list[Text]:
    first = left(words(f"  {system_name(system)}"), FACT + 2)
    if seen is None:
        return [join(first, words("no counterpart", "dim"))]
    place = words(address(seen.record), "cyan")
    room = max(page.width - first.cell_len - place.cell_len - 2, 8)
    name = shown(plain(page.name(seen.record), room), "bold") if seen.record.name else blanks(0)
    state = STATES.get(seen.state, seen.state)
    told = [state] if state else []
    if seen.changed_at and seen.state != RecordState.NEW:
        told.append(f"changed {minute(seen.changed_at)} by {_who(seen)}")
    if seen.as_of and page.full:
        told.append(f"as of {minute(seen.as_of)}")
    style = "yellow" if state else "dim"
    return [
        join(first, join(name, place, gap=2)),
        *paragraph("; ".join(told), page.width, indent=FACT + 2, style=style),
    ]


def _fact(name: str, text: str, page: Page) -> list[Text]:
    """One named line, under the names of the systems."""
    return paragraph(text, page.width, first=words(f"  {name}", "dim"), indent=FACT + 2)


def _who(seen: SeenRecord) -> str:
    return "our own user" if seen.is_ours else seen.changed_by or "somebody"


def _linked(sync: SyncExplanation, page: Page) -> list[Text]:
    if sync.link is None:
        return []
    lines = _ended(_fact("linked", "; ".join(link_words(sync.link)), page), sync.link.line, page)
    for change in sync.ids:
        lines += _id_change(change, page)
    return lines


def _id_change(change: IdChange, page: Page) -> list[Text]:
    before = "" if change.before is None else f" over {change.before}"
    told = f"{system_name(change.record.system)} {change.field} gets {change.after}{before}: {change.reason}"
    return _fact("id", told, page)


def _with_line(text: str, line: str, page: Page, style: str) -> list[Text]:
    """A sentence and the line of configuration that it is about."""
    return _ended(paragraph(text, page.width, indent=2, style=style), line, page)


def _ended(lines: list[Text], line: str, page: Page) -> list[Text]:
    """The lines with the place in the configuration at the right edge of the last one, or below it."""
    last = lines[-1] if lines else blanks(0)
    return [*lines[:-1], *edges(last, words(line, "cyan"), page.width)]


def _fields(sync: SyncExplanation, page: Page) -> list[Text]:
    """One line a field, those first to which something happens."""
    if not sync.fields:
        return []
    counts = Counter(cell.decision.outcome for cell in sync.fields)
    told = listed(f"{counts[outcome]} {words_}" for outcome, words_ in COUNTED.items() if counts[outcome])
    lines = paragraph(f"{plural(len(sync.fields), 'field')}: {told}", page.width)
    column = min(max(cell_len(_label(cell, sync.a_system)) for cell in sync.fields), _LONGEST_FIELD)
    return lines + [line for cell in sync.fields for line in _row(cell, sync, column, page)]


def _label(cell: FieldExplanation, a_system: str) -> str:
    """The field as the plan names it: the one that is written, or would be."""
    own = cell.a.field if cell.rule.direction == f"to_{a_system}" else cell.b.field
    return cell.decision.field or own or cell.rule.key


def _row(cell: FieldExplanation, sync: SyncExplanation, column: int, page: Page) -> list[Text]:
    sign, style = OUTCOMES.get(cell.decision.outcome, ("?", ""))
    name = left(shown(plain(_label(cell, sync.a_system), column), "bold"), column)
    lead = join(blanks(2), words(sign, style), blanks(1), name, blanks(2))
    why = join(words(decision_words(cell.decision, sync.strength), "dim"), words(cell.rule.line, "cyan"), gap=2)
    start = join(lead, _happens(cell, sync, page.width - lead.cell_len, page))
    if start.cell_len + why.cell_len + 2 <= page.width or why.cell_len <= page.width:
        return edges(start, why, page.width)
    told = paragraph(decision_words(cell.decision, sync.strength), page.width, indent=6, style="dim")
    return [start, *_ended(told, cell.rule.line, page)]


def _happens(cell: FieldExplanation, sync: SyncExplanation, room: int, page: Page) -> Text:
    """The change, or what both sides hold."""
    if _is_change(cell):
        system = words(f"{system_name(_target(cell).system)} ", "dim")
        return join(system, move_text(_move(cell), max(room - system.cell_len, _LEAST_VALUES), page))
    if cell.decision.outcome == Outcome.AGREE and cell.a.value == cell.b.value:
        return shown(_value(cell.a.value, cell.pii, room, page), "dim")
    names = [system_name(sync.a_system), system_name(sync.b_system)]
    both = _both(cell, room - sum(map(cell_len, names)) - 4, page)
    parts = [join(words(f"{n} ", "dim"), shown(value)) for n, value in zip(names, both, strict=True)]
    return join(*parts, gap=2)


def _is_change(cell: FieldExplanation) -> bool:
    return cell.decision.outcome in (Outcome.WRITE, Outcome.SHOWN)


def _target(cell: FieldExplanation) -> RecordName:
    return cell.decision.target or RecordName(system="", object="", id="", name="")


def _move(cell: FieldExplanation) -> Move:
    action = Action.CREATE if _target(cell).id == "new" else Action.UPDATE
    return Move(action=action, before=cell.decision.before, after=cell.decision.after, pii=cell.pii)


def _both(cell: FieldExplanation, room: int, page: Page) -> tuple[Shown, Shown]:
    """What the two sides hold, so that their difference is in sight."""
    if page.mask is not None and cell.pii:
        half = max(room // 2, 1)
        return _value(cell.a.value, cell.pii, half, page), _value(cell.b.value, cell.pii, half, page)
    pair = show_pair(cell.a.value, cell.b.value, max(room, _LEAST_VALUES))
    return pair.before, pair.after


def _value(value: str | None, pii: str, room: int, page: Page) -> Shown:
    masked = page.mask is not None and pii
    return show_masked(value, pii, page.mask, room) if masked and page.mask else show_value(value, room)


def _alone(cell: FieldExplanation, sync: SyncExplanation, page: Page) -> list[list[Text]]:
    """The blocks of one field that was asked for."""
    return [_verdict(cell, sync, page), _halves(cell, sync, page), _mapping(cell, page), _writes(cell, page)]


def _verdict(cell: FieldExplanation, sync: SyncExplanation, page: Page) -> list[Text]:
    lines = edges(words(_title(cell, sync), "bold"), words(cell.rule.line, "cyan"), page.width)
    sign, style = OUTCOMES.get(cell.decision.outcome, ("?", ""))
    if _is_change(cell):
        target = _target(cell)
        lead = join(blanks(2), words(sign, style), words(f" {system_name(target.system)} {cell.decision.field}  "))
        room = page.width - lead.cell_len
        lines += [join(lead, move_text(_move(cell), max(room, _LEAST_VALUES), page))]
    lines += paragraph(situation_sentence(cell), page.width, indent=2)
    lines += paragraph(verdict_words(cell, sync.strength), page.width, indent=2)
    if cell.decision.winner in (sync.a_system, sync.b_system):
        lines += paragraph(f"A conflict: {system_name(cell.decision.winner)} wins.", page.width, indent=2)
    return lines


def _title(cell: FieldExplanation, sync: SyncExplanation) -> str:
    """Which field goes where: `Phone ⇄ phone`."""
    target = cell.rule.direction.removeprefix("to_")
    arrow = "→" if target == sync.b_system else "←" if target == sync.a_system else "⇄"
    return f"{cell.a.field or 'sql'} {arrow} {cell.b.field or 'sql'}"


def _halves(cell: FieldExplanation, sync: SyncExplanation, page: Page) -> list[Text]:
    """What each side holds, how that is compared, and the base."""
    sides = ((sync.a_system, cell.a), (sync.b_system, cell.b))
    is_formed = any(half.form != half.value for _, half in sides)
    titles = ["", "holds", *(["compared as"] if is_formed else []), "when they last agreed"]
    column = max(cell_len(system_name(system)) for system, _ in sides)
    room = (page.width - column - 2 - 2 * len(titles)) // (len(titles) - 1)
    held = _both(cell, 2 * room, page)
    rows = [[words(title, "dim") for title in titles]]
    for (system, half), value in zip(sides, held, strict=True):
        form = [shown(_value(half.form, cell.pii, room, page))] if is_formed else []
        rows.append([words(system_name(system)), shown(_fitted(value, room)), *form, _base(cell, half, room, page)])
    lines = grid(rows, indent=2, numbers=False)
    for system, half in sides:
        for told in _remarks(system_name(system), half):
            lines += paragraph(told, page.width, indent=2, style="yellow")
    return lines


def _fitted(value: Shown, room: int) -> Shown:
    return value if cell_len(value) <= room else plain(value, room)


def _base(cell: FieldExplanation, half: Half, room: int, page: Page) -> Text:
    if not cell.has_base:
        return words("no base", "dim")
    return shown(_value(half.base, cell.pii, room, page), "dim")


def _remarks(system: str, half: Half) -> list[str]:
    told = []
    if half.sent_at:
        told.append(f"{system}'s half was sent {minute(half.sent_at)}; no read has shown our own write since.")
    if half.is_stale:
        told.append(f"{system} was read before our write could show: what was sent counts.")
    return told


def _mapping(cell: FieldExplanation, page: Page) -> list[Text]:
    rule = cell.rule
    is_asked = rule.direction == "two_way"
    parts = [rule.direction, *([f"policy {rule.policy}"] if is_asked or rule.policy == "consent" else [])]
    parts += [f"on_blank {rule.on_blank}", *([f"on_link {rule.on_link}"] if is_asked else [])]
    parts += [f"into {rule.into}"] if rule.into != "any" else []
    parts += [f"too_long {rule.too_long}"] if rule.too_long != "hold" else []
    parts += ["allow opt_in"] if rule.allow_opt_in else []
    parts += [f"preset {rule.preset}"] if rule.preset != "none" else []
    parts += ["users of the one system as users of the other"] if rule.users else []
    lines = _fact("situation", cell.situation, page)
    lines += _fact("mapping", ", ".join([*parts, f"compared as {rule.compared_as}"]), page)
    lines += _fact("sql", rule.sql, page) if rule.sql else []
    return lines + (_fact("values", rule.values, page) if rule.values else [])


def _writes(cell: FieldExplanation, page: Page) -> list[Text]:
    if not cell.writes:
        return [words("No write of ours is remembered.", "dim")]
    lines = [words("Last writes", "bold")]
    for write in cell.writes:
        lines += _write(write, cell.pii, page)
    return lines


def _write(write: Write, pii: str, page: Page) -> list[Text]:
    when = words(f"  {minute(write.written_at)}  run {write.run_id}  ", "dim")
    where = words(f"{system_name(write.record.system)} {write.field}")
    move = Move(action=Action.UPDATE, before=write.before, after=write.after, pii=pii)
    told = join(words("    ", "dim"), move_text(move, page.width - 4, page))
    if when.cell_len + where.cell_len + told.cell_len <= page.width:
        return [join(when, where, words("  "), move_text(move, page.width - 4, page))]
    return [join(when, where), told]


def _refused(sync: SyncExplanation, page: Page) -> list[Text]:
    lines: list[Text] = []
    for refusal in sync.refusals:
        lines += _refusal(refusal, page)
    return [words("Refused", "bold red"), *lines] if lines else []


def _refusal(refusal: Refusal, page: Page) -> list[Text]:
    told = f"{refusal.action} of {address(refusal.record)}, run {refusal.run_id}, {minute(refusal.at)}"
    why = f"{refusal.code}: {refusal.message}" if page.mask is None else refusal.code
    return [*paragraph(told, page.width, indent=2), *paragraph(why, page.width, indent=4, style="red")]
