"""Every route's price against what the emulator was asked: rows over the batch size, rounded up, the fixed calls of the
route, and the polls of a job of known length."""

from collections.abc import Iterator

import pytest

from pardotflow.connectors import Batch, Connector, Operation, Polling, Price, Row
from pardotflow.connectors.salesforce.sizes import Sizes

from .routed import Routed, batch_of, rows
from .wire import Wire, pardot, salesforce


@pytest.fixture(autouse=True)
def _usual(routed: Routed) -> Iterator[None]:
    yield
    routed.emulator.switch(bulk_delay=0.3, import_delay=0.3, bulk_action_delay=0.3)


def check(routed: Routed, connector: Connector, batch: Batch, *, size: int = 0, job_seconds: float = 0.3) -> Price:
    """Send it, and compare; the price."""
    routed.listen()
    answers = routed.send(connector, batch)
    asked = routed.asked()
    price = connector.price(batch.operation, len(batch.rows), size, job_seconds=job_seconds)
    assert price.calls == len(asked) == sum(a.calls for a in answers), asked
    assert all(r.ok for a in answers for r in a.rows)
    return price


def test_collections_and_composites(routed: Routed) -> None:
    ids = routed.leads(401)
    assert check(routed, routed.org, batch_of(Operation.UPDATE, rows(ids, City="a"))).calls == 3
    assert check(routed, routed.org, batch_of(Operation.UPDATE, rows(ids[:200], City="b"))).calls == 1
    assert check(routed, routed.org, batch_of(Operation.UPDATE_UNMODIFIED, rows(ids[:51], City="c"))).calls == 3
    made = tuple(Row(key=str(n), id=f"P{n}", values={"LastName": "x", "Company": "y"}) for n in range(201))
    upserts = batch_of(Operation.UPSERT, made, key_field="Pardot_Prospect_Id__c")
    assert check(routed, routed.org, upserts).calls == 2
    assert check(routed, routed.org, batch_of(Operation.DELETE, rows(ids))).calls == 3


@pytest.mark.parametrize(("seconds", "polls"), [(0.3, 1), (20, 4), (95, 7)])
def test_ingest(routed: Routed, seconds: float, polls: int) -> None:
    ids = routed.leads(5)
    routed.emulator.switch(bulk_delay=seconds)
    price = check(routed, routed.org, batch_of(Operation.BULK_UPDATES, rows(ids, City="a")), job_seconds=seconds)
    assert (price.calls, price.jobs, price.polls, price.job_seconds) == (3 + polls, 1, polls, seconds)
    made = tuple(Row(key=i, id=f"B{seconds}{i}", values={"LastName": "x", "Company": "y"}) for i in ids)
    upserts = batch_of(Operation.BULK_UPSERTS, made, key_field="Pardot_Prospect_Id__c")
    assert check(routed, routed.org, upserts, job_seconds=seconds).calls == 4 + polls
    assert check(routed, routed.org, batch_of(Operation.BULK_DELETES, rows(ids)), job_seconds=seconds).polls == polls


def test_ingest_of_several_files(routed: Routed) -> None:
    ids = routed.leads(12)
    org = routed.salesforce(sizes=Sizes(job=250))
    batch = batch_of(Operation.BULK_UPDATES, rows(ids, City="a"))
    jobs = len(list(org.split(batch)))
    assert jobs > 1
    routed.listen()
    answers = routed.send(org, batch)
    assert [r.id for a in answers for r in a.rows] == ids
    assert len(routed.asked()) == jobs * 4


def test_a_poll_in_the_usual_steps_finds_a_job_at_its_very_end(routed: Routed) -> None:
    """Waits of 2, 4, 8 seconds: a job of 6 seconds is over at the second question, one of 6.1 at the third."""
    ids = routed.leads(1)
    for seconds, polls in ((6, 2), (6.1, 3)):
        routed.emulator.switch(bulk_delay=seconds)
        batch = batch_of(Operation.BULK_UPDATES, rows(ids, City="a"))
        assert check(routed, routed.org, batch, job_seconds=seconds).polls == polls


def test_single_records_imports_and_bulk_actions(routed: Routed) -> None:
    ids = routed.prospects(120, "price")
    assert check(routed, routed.unit, batch_of(Operation.UPDATE, rows(ids[:3], city="a"), "prospect")).calls == 3
    updates = batch_of(Operation.IMPORT_UPDATES, rows(ids, city="b"), "prospect")
    assert check(routed, routed.unit, updates).calls == 3 + 1
    routed.emulator.switch(import_delay=70, bulk_action_delay=70)
    updates = batch_of(Operation.IMPORT_UPDATES, rows(ids, city="c"), "prospect")
    price = check(routed, routed.unit, updates, job_seconds=70)
    assert (price.calls, price.polls, price.jobs) == (3 + 6, 6, 1)
    deletes = batch_of(Operation.BULK_DELETES, rows(ids), "prospect")
    price = check(routed, routed.unit, deletes, job_seconds=70)
    assert (price.calls, price.polls, price.jobs) == (2 + 6, 6, 1)


@pytest.mark.parametrize(("count", "pages"), [(3, 1), (1000, 1), (1001, 2)])
def test_creates_by_import(routed: Routed, count: int, pages: int) -> None:
    """Opening, upload, submitting, a poll, and the pages that show what was made."""
    leads = routed.leads(count)
    made = tuple(Row(key=i, id=i, values={"email": f"m{i}@x.test", "city": "a"}) for i in leads)
    price = check(routed, routed.unit, batch_of(Operation.IMPORT_CREATES, made, "prospect"))
    assert (price.calls, price.polls, price.jobs) == (3 + 1 + pages, 1, 1)
    routed.emulator.advance(10)
    batch = batch_of(Operation.IMPORT_CREATES, made, "prospect")
    again = routed.unit.send(routed.unit.prepare(batch)) if count == 3 else None
    assert again is None or all(r.moved and not r.ok for r in again.rows)


def test_creates_by_import_while_reads_lag(routed: Routed) -> None:
    leads = routed.leads(4)
    routed.emulator.switch(cache_lag=50)
    made = tuple(Row(key=i, id=i, values={"email": f"lag{i}@x.test"}) for i in leads)
    routed.listen()
    (answer,) = routed.send(routed.unit, batch_of(Operation.IMPORT_CREATES, made, "prospect"))
    routed.emulator.switch(cache_lag=0)
    assert all(r.ok and r.created for r in answer.rows)
    assert len({r.id for r in answer.rows}) == 4
    assert answer.calls == len(routed.asked()) == 6


def test_an_import_of_several_batches(routed: Routed) -> None:
    ids = routed.prospects(40, "batches")
    unit = routed.pardot(import_batch_bytes=400)
    updates = batch_of(Operation.IMPORT_UPDATES, rows(ids, city="x" * 20), "prospect")
    (prepared,) = (unit.prepare(part) for part in unit.split(updates))
    routed.listen()
    answer = unit.send(prepared)
    assert len(prepared.files) > 2
    assert answer.calls == len(routed.asked()) == 1 + len(prepared.files) + 1 + 1


def test_prices_add_up() -> None:
    unit = pardot(Wire(), import_batch_bytes=1000)
    one, two = unit.price(Operation.UPDATE, 7, 100), unit.price(Operation.IMPORT_UPDATES, 5, 50, job_seconds=6)
    both = one + two
    assert (both.calls, both.jobs, both.polls, both.size) == (7 + 5, 1, 2, 150)
    assert both.seconds == one.seconds + two.seconds
    assert one + Price() == one


def test_nothing_costs_nothing() -> None:
    for connector in (pardot(Wire()), salesforce(Wire())):
        for kind in (Operation.BULK_DELETES, Operation.DELETE, Operation.IMPORT_UPDATES, Operation.BULK_UPDATES):
            if not connector.barred(kind, "prospect" if connector.system == "pardot" else "Lead"):
                assert connector.price(kind, 0) == Price()


def test_time_is_counted_at_the_limit_of_requests_under_way() -> None:
    unit, org = pardot(Wire()), salesforce(Wire())
    assert unit.price(Operation.UPDATE, 9).seconds == 3.0
    assert org.price(Operation.UPDATE, 200 * 9).seconds == 6.0
    assert unit.price(Operation.IMPORT_UPDATES, 5, 50, job_seconds=6).seconds == 1 + 6


def test_the_usual_steps() -> None:
    steps = Polling()
    assert [steps.polls_within(s) for s in (0, 2, 2.1, 6, 14, 30, 60, 90)] == [1, 1, 2, 2, 3, 4, 5, 6]
