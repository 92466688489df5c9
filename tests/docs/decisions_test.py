"""docs/decisions.md is the table that runs."""

import re
from pathlib import Path

from pardotflow.engine import decisions
from pardotflow.engine.decisions import decisions_page
from pardotflow.engine.truth import CONSENT_RULES, OWN_FLOWS, RULES, VENDOR_RULES, Filled, Flow, Found, Source
from pardotflow.plan.model import HeldKind

PAGE = Path(__file__).parents[2] / "docs" / "decisions.md"
TEMPLATES = Path(decisions.__file__).parent / "sql"
_OTHER_NAMES = {"twin", "given"}
"""Two grounds for `would_duplicate`."""


def test_the_page_is_made_from_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == decisions_page()


def test_every_cell_of_the_table_is_decided_once() -> None:
    cells = [(rule.flow, rule.found) for rule in RULES]
    assert sorted(cells) == sorted((flow, found) for flow in Flow for found in Found)
    consent = [(rule.flow, rule.found, rule.opted_out) for rule in CONSENT_RULES]
    assert len(consent) == len(set(consent)) == len(OWN_FLOWS) * len(Found) * 2
    vendor = [(rule.policy, rule.clears, rule.filled) for rule in VENDOR_RULES]
    assert len(vendor) == len(set(vendor)) == 4 * len(Filled)


def test_an_opt_out_is_never_undone_unasked() -> None:
    for rule in CONSENT_RULES:
        writes_false = rule.source not in (Source.NONE, rule.opted_out)
        assert not writes_false or rule.opt_in, rule


def test_every_kind_of_held_item_stands_in_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [kind for kind in HeldKind if f"`{kind}`" not in page] == []


def test_the_statements_hold_for_no_other_kind() -> None:
    text = "".join(p.read_text(encoding="utf-8") for p in sorted(TEMPLATES.glob("*.sql")))
    found = set(re.findall(r"'held:(\w+)'", text)) - _OTHER_NAMES
    assert len(found) > 12
    assert found <= {str(kind) for kind in HeldKind}
