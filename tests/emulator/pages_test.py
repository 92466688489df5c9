"""The page at `/`: what it shows, that it shows text as text, and that it changes and costs nothing."""

import re
from html.parser import HTMLParser
from urllib.parse import quote

import httpx
import pytest

from pardotflow.emulator.pages.tables import PAGE
from tests.emulator.running import Emulator

ANN = "0035e000000con1AAA"
CONTACT = f"/__pages/salesforce/Contact/{ANN}"


class _Text(HTMLParser):
    """The words of a page, its links and its elements."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.outside: list[str] = []
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        named = dict(attrs)
        self.links.append(named.get("href") or "")
        self.outside += [value or "" for name, value in attrs if name in {"src", "href"} and "//" in (value or "")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def look(emulator: Emulator, path: str, **params: str) -> _Text:
    answer = emulator.plain.get(path, params=params or None)
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/html; charset=utf-8"
    return _Text(answer)


def test_objects_with_counts_of_both_systems(shared: Emulator) -> None:
    page = look(shared, "/")
    count = shared.soql("SELECT COUNT() FROM Contact", "queryAll")["totalSize"]
    assert f"Contact {count} " in page.text and "prospects 5 " in page.text
    assert {"/__pages/salesforce/Contact", "/__pages/pardot/list-memberships"} <= set(page.links)


def test_every_link_of_every_page_leads_somewhere(shared: Emulator) -> None:
    shared.salesforce.get("/limits")
    seen, left = set[str](), ["/"]
    while left:
        path = left.pop()
        answer = shared.plain.get(path)
        assert answer.status_code == 200, path
        page = _Text(answer)
        assert page.outside == [] and "script" not in page.tags
        new = {link for link in page.links if link and link not in seen}
        seen |= new
        left += new
    assert len(seen) > 60


def test_what_goes_on(emulator: Emulator) -> None:
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "1"})
    emulator.pardot.get("/objects/prospects", params={"fields": "nope"})
    emulator.switch(salesforce_daily_limit=77)
    emulator.fault(trouble="row_lock", times=3)
    emulator.plain.post("/__admin/snapshot", json={"name": "before"})
    page = look(emulator, "/")
    stamp = r"\d+ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    assert re.search(rf"1 204 PATCH /services/data/v60.0/sobjects/Contact/\w+ {stamp}", page.text)
    assert re.search(rf"2 400 GET /api/v5/objects/prospects \?fields=nope {stamp}", page.text)
    assert "Salesforce 1 of 77" in page.text and "Pardot 1 of 100,000" in page.text
    assert "salesforce_daily_limit 77 default 100000" in page.text
    assert '{"trouble": "row_lock"} 3 times' in page.text and "Snapshots before" in page.text


def test_one_record_with_what_was_written_to_it(emulator: Emulator) -> None:
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "first"})
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "second"})
    emulator.set(f"Contact/{ANN}", Phone="by hand")
    page = look(emulator, CONTACT)
    assert "Phone by hand" in page.text and "LastViewedDate –" in page.text
    assert page.text.index("update by request 2 Phone first → second") < page.text.index("update by request 1 Phone")
    assert "/__pages/salesforce/Account/0015e000001acmeAAA" in page.links
    request = look(emulator, "/__pages/requests/2")
    assert '"Phone": "second"' in request.text and f"update Contact/{ANN} Phone first → second" in request.text


def test_text_stays_text(emulator: Emulator) -> None:
    nasty = "<script>alert('x')</script>&amp;\"'{{ 7*7 }}"
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"LastName": nasty})
    emulator.salesforce.get("/query", params={"q": nasty})
    for path in ("/", CONTACT, "/__pages/requests/1", "/__pages/requests/2", "/__pages/salesforce/Contact"):
        answer = emulator.plain.get(path)
        page = _Text(answer)
        assert "script" not in page.tags and "<script" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert nasty in look(emulator, CONTACT).text
    found = emulator.plain.get("/__pages/salesforce/Contact", params={"q": nasty})
    assert "<script" not in found.text and "Nothing is found." in found.text


def test_records_by_page_and_by_search(emulator: Emulator) -> None:
    leads = [{"attributes": {"type": "Lead"}, "LastName": f"L{n:03}", "Company": "C"} for n in range(PAGE + 5)]
    leads[7]["Email"] = "Seven@x.test"
    assert emulator.salesforce.post("/composite/sobjects", json={"records": leads}).status_code == 200
    seen, path = list[str](), "/__pages/salesforce/Lead"
    while path:
        page = look(emulator, path)
        rows = [link for link in page.links if re.fullmatch(r"/__pages/salesforce/Lead/\w+", link)]
        assert len(rows) <= PAGE
        seen += rows
        path = next((link for link in page.links if "?after=" in link), "")
    assert len(seen) == len(set(seen)) == emulator.soql("SELECT COUNT() FROM Lead", "queryAll")["totalSize"]
    for search in ("seven@X.test", seen[9].rpartition("/")[2][:15]):
        found = look(emulator, "/__pages/salesforce/Lead", q=search)
        assert sum(link in set(seen) for link in found.links) == 1
    assert "/__pages/pardot/prospects/1" in look(emulator, "/__pages/pardot/prospects", q="ANN@x.test").links
    assert "/__pages/pardot/prospects/1" in look(emulator, "/__pages/pardot/prospects", q=" 1 ").links


@pytest.mark.parametrize(
    "path",
    [
        "/__pages",
        "/__pages/salesforce/Unicorn",
        "/__pages/pardot/Contact",
        "/__pages/salesforce/Contact/nobody",
        "/__pages/pardot/prospects/99999999999999999999",
        "/__pages/requests/999999",
        "/__pages/" + quote("<b>\ud7ff"),
    ],
)
def test_what_is_not_there(shared: Emulator, path: str) -> None:
    answer = shared.plain.get(path)
    assert answer.status_code == 404 and "Not here" in answer.text and "<b>" not in answer.text


def test_a_look_is_not_recorded_and_meets_no_fault(emulator: Emulator) -> None:
    emulator.fault(status=500)
    look(emulator, "/")
    assert emulator.requests() == [] and emulator.plain.head("/").status_code == 200
    assert emulator.plain.post("/").status_code == 500
    strange = ({"after": "x"}, {"q": "%"}, {"q": "9" * 30}, {"after": "٣"})
    assert all(look(emulator, "/__pages/pardot/prospects", **params) for params in strange)
