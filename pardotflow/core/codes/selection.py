"""Codes of who takes part, and when: PF168 and PF169, a part of the codes of project files."""

from pardotflow.core.codes.code import Code, code

SELECTION_CODES: tuple[Code, ...] = (
    code(
        "PF168",
        "a mapping writes what decides who takes part",
        "select and do_not_sync read this field; where a sync writes it too, a write can push a record out of the "
        "selection or pull one in.",
        "Give the mapping a direction away from that side, or do not map the field.",
    ),
    code(
        "PF169",
        "nothing says when a record was made",
        "retroactive: false compares the time at which a record was made with the start of the rule, and rows of a "
        "model have none.",
        "Compare a column of the model in when.",
    ),
)
