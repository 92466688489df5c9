"""Writes the data of the example project: `python make_org.py [folder]`, by default this folder.

One seeded generator is drawn from in one order, so every run on every machine writes the same bytes. To see what is
wrong with this org, read `DIRT` from top to bottom.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

from generator import drift, links, writing
from generator.files import write_seed, write_usage
from generator.org import Org, clean_org
from generator.usage import product_usage

SEED = 20261121
CUSTOMERS_WITH_USAGE = 760

# The first two kinds take their pairs out of reach of the rest; after them each kind looks for what is still clean.
DIRT: tuple[Callable[[Org], None], ...] = (
    # Who belongs to whom.
    links.shared_mailbox,
    links.two_prospects_one_record,
    links.two_contacts_one_email,
    links.two_prospects_one_email,
    links.contact_and_lead_one_email,
    links.matched_by_email,
    links.matched_by_prospect_id,
    links.matched_by_customer_number,
    links.without_email,
    links.new_leads,
    links.assigned_without_record,
    links.unassigned_without_record,
    links.record_deleted,
    links.record_merged,
    links.lead_converted,
    links.record_never_existed,
    links.in_recycle_bin,
    links.prospect_id_missing,
    links.fifteen_characters,
    # What two linked records say.
    drift.country_spelled_out,
    drift.country_in_small_letters,
    drift.country_only_in_pardot,
    drift.titles_cleaned_up,
    drift.industry_renamed,
    drift.source_not_recorded,
    drift.source_without_a_word,
    drift.source_known_better,
    drift.score_unknown,
    drift.score_old,
    drift.phone_differs,
    drift.name_changed,
    drift.company_differs,
    drift.email_changed,
    drift.empty_in_salesforce,
    drift.empty_in_pardot,
    drift.customer_number_unknown,
    drift.opted_out_on_one_side,
    drift.do_not_call_on_one_side,
    drift.language_unknown,
    drift.language_not_in_picklist,
    # How it is written.
    writing.too_long,
    writing.emoji,
    writing.combining_accents,
    writing.trailing_spaces,
    writing.address_in_capitals,
)


def main(folder: Path) -> None:
    """Make the org, make it dirty, write it."""
    org = clean_org(Random(SEED))
    for kind in DIRT:
        kind(org)
    usage = product_usage(org, CUSTOMERS_WITH_USAGE)
    write_seed(folder / "seed", org)
    write_usage(folder / "warehouse" / "product_usage.csv", usage)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
