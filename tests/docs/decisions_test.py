"""docs/decisions.md is the table that runs."""

from pathlib import Path

from pardotflow.engine.decisions import decisions_page
from pardotflow.engine.truth import CONSENT_RULES, OWN_FLOWS, RULES, VENDOR_RULES, Filled, Flow, Found, Source

PAGE = Path(__file__).parents[2] / "docs" / "decisions.md"


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
