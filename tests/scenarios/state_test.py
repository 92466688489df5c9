"""The commands of `state`: each looks, or says first what it would do, does it, and the next plan agrees."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import duckdb

from .driving import Project
from .small import build_small

CONTACT = "Contact/003S00000000001AAA"


def _memory(project: Project, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(project.state / "memory.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def _change_memory(project: Project, statement: str) -> None:
    with duckdb.connect(str(project.state / "memory.duckdb")) as con:
        con.execute(statement)


def _ledger(project: Project, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(project.ledger)) as db:
        return db.execute(query).fetchall()


def _change_ledger(project: Project, statement: str) -> None:
    with closing(sqlite3.connect(project.ledger)) as db, db:
        db.execute(statement)


def _contact(project: Project, n: int = 1) -> tuple[str, str]:
    """The id of a contact as it is remembered, and of its prospect."""
    [(a, b)] = _memory(project, f"select a_id, b_id from links where b_id = '{1000 + n}'")
    return str(a), str(b)


def test_list_and_show(settled: Project) -> None:
    contact, prospect = _contact(settled)
    said = settled.run("state", "list").expect(0)
    assert "people" in said.out and "more: add --full" in said.err
    links = settled.run("state", "list", "--full", "--format", "json").expect(0).json
    [count] = links["counts"]
    assert (
        count["links"] == len(links["links"]) == len(_memory(settled, "from links")) and count["bases"] > count["links"]
    )
    one = settled.run("state", "list", "--record", f"prospect/{prospect}", "--sync", "people").expect(0).out
    assert f"Contact/{contact}" in one and len(one.splitlines()) == 2
    shown = settled.run("state", "show", f"Contact/{contact[:15]}").expect(0).out
    assert "+1 555 010001" in shown and "jobTitle" in shown and "Engr." in shown, "bases, and what we wrote"
    told = settled.run("state", "show", f"prospect/{prospect}#phone", "--format", "json").expect(0).json
    assert [b["field"] for b in told["bases"]] == ["phone"]
    assert "nothing is remembered of" in settled.run("state", "show", "prospect/77").expect(1).err
    assert "is not an address" in settled.run("state", "show", "prospect").expect(1).err


def test_a_link_that_is_removed_and_imported_again(settled: Project) -> None:
    contact, prospect = _contact(settled)
    before = _memory(settled, "select * from bases order by all")
    said = settled.run("state", "rm", f"prospect/{prospect}").expect(0)
    assert f"people: Contact/{contact} ↔ prospect/{prospect}: the link and" in said.out
    assert "Nothing was changed." in said.err and "match keys" in said.err
    assert _memory(settled, "select * from bases order by all") == before
    settled.run("state", "rm", f"prospect/{prospect}", "--yes").expect(0)
    assert _memory(settled, f"from links where b_id = '{prospect}'") == []
    assert _memory(settled, f"from bases where b_id = '{prospect}'") == []

    file = settled.root / "links.csv"
    head = "sync,a_object,a_id,b_object,b_id\n"
    other, other_prospect = _contact(settled, 2)
    wrong = [
        f"people,Contact,{contact},prospect,{other_prospect}",
        f"peple,Contact,{contact},prospect,{prospect}",
        f"people,Account,{contact},prospect,{prospect}",
        f"people,Contact,,prospect,{prospect}",
        "people,Lead,00QS00000000099,prospect,55",
        "people,Lead,00QS00000000099,prospect,56",
    ]
    file.write_text(head + "\n".join(wrong))
    said = settled.run("state", "import", str(file), "--yes").expect(1)
    for told in (
        f"links.csv:2: one of its records is linked already: people: Contact/{other} ↔ prospect/{other_prospect}",
        "links.csv:3: there is no sync 'peple'",
        "links.csv:4: 'Account' is not an object of the salesforce side of people: Contact, Lead",
        "links.csv:5: a cell is empty",
        "stands in another link too: people: Lead/00QS00000000099",
        "5 lines of",
    ):
        assert told in said.err
    file.write_text(head + f"people,Contact,{contact[:15]},prospect,{prospect}\n")
    assert "1 link to import, 0 known already" in settled.run("state", "import", str(file)).expect(0).out
    assert _memory(settled, f"from links where b_id = '{prospect}'") == []
    assert "1 link imported" in settled.run("state", "import", str(file), "--yes").expect(0).out
    assert "0 links imported, 1 known already" in settled.run("state", "import", str(file), "--yes").expect(0).out
    settled.run("apply", "--yes").expect(0)
    assert _memory(settled, f"select a_id, tombstone from links where b_id = '{prospect}'") == [(contact, None)]
    assert "No changes." in settled.run("plan").expect(0).out
    assert "must begin with the line" in _said_of(settled, file, "a,b\n")


def _said_of(project: Project, file: Path, text: str) -> str:
    file.write_text(text)
    return project.run("state", "import", str(file)).expect(1).err


def test_links_and_bases_are_moved(settled: Project) -> None:
    contact, prospect = _contact(settled)
    bases = len(_memory(settled, f"from bases where b_id = '{prospect}'"))
    there = settled.run("state", "mv", f"prospect/{prospect}", "prospect/1002").expect(1)
    assert "prospect/1002 is linked already" in there.err
    assert "is not an object of the pardot side" in settled.run(
        "state", "mv", CONTACT.replace(CONTACT.partition("/")[2], contact), "prospect/9"
    ).expect(1).err.replace("salesforce", "pardot")
    said = settled.run("state", "mv", f"prospect/{prospect}", "prospect/4711", "--yes").expect(0)
    assert f"becomes people: Contact/{contact} ↔ prospect/4711, with {bases} bases" in said.out
    assert len(_memory(settled, "from bases where b_id = '4711'")) == bases
    settled.run("state", "mv", "prospect/4711", f"prospect/{prospect}", "--yes").expect(0)

    assert "people has no mapping 'mobile'" in settled.run("state", "mv", "people#phone", "people#mobile").expect(1).err
    assert "has 4" in settled.run("state", "mv", "people#phone", "people#city").expect(1).err
    _change_memory(settled, "update bases set field = 'fon' where field = 'phone'")
    number = len(_memory(settled, "from bases where field = 'fon'"))
    assert (
        f"{number} bases of people#fon"
        in settled.run("state", "mv", "people#fon", "people#phone", "--yes").expect(0).out
    )
    assert "No changes." in settled.run("plan").expect(0).out
    said = settled.run("state", "rm", "people#phone", "--yes").expect(0)
    assert f"{number} bases of people#phone are forgotten" in said.out and "just been mapped" in said.err
    assert _memory(settled, "from bases where field = 'phone'") == []


def test_a_backup_is_checked_and_put_back(settled: Project) -> None:
    file = settled.root / "kept.backup"
    said = settled.run("state", "backup", "--out", str(file)).expect(0)
    assert f"{len(_memory(settled, 'from links'))} links, 1 runs, 2 plans" in said.out
    assert file.stat().st_mode & 0o777 == 0o600
    assert "is there already" in settled.run("state", "backup", "--out", str(file)).expect(1).err
    before = _memory(settled, "select * from bases order by all")
    settled.run("state", "rm", "people#phone", "--yes").expect(0)
    [(spent,)] = _ledger(settled, "select plan_id from runs")
    plan = settled.state / "plans" / f"{spent}.plan"
    plan.unlink()

    spoilt = settled.root / "spoilt.backup"
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 0xFF
    spoilt.write_bytes(body)
    assert "is damaged" in settled.run("state", "restore", str(spoilt), "--yes").expect(1).err
    with zipfile.ZipFile(settled.root / "other.backup", "w") as other:
        other.writestr("manifest.json", "{}")
    assert "is not a backup" in settled.run("state", "restore", str(settled.root / "other.backup")).expect(1).err
    assert "Nothing was changed." in settled.run("state", "restore", str(file)).expect(0).err
    assert not plan.exists()

    said = settled.run("state", "restore", str(file), "--yes").expect(0)
    assert _memory(settled, "select * from bases order by all") == before and plan.exists()
    (aside,) = settled.state.glob("replaced-*")
    assert str(aside) in said.out and (aside / "memory.duckdb").exists() and (aside / "ledger.sqlite").exists()
    for path in (settled.state / "memory.duckdb", settled.ledger, plan):
        assert path.stat().st_mode & 0o777 == 0o600
    # As if it had been killed before the ledger was in its place.
    cut = settled.state / "restore-2026-03-02T090000Z.ready"
    cut.mkdir()
    settled.ledger.rename(cut / settled.ledger.name)
    for looking in (("history",), ("state", "list")):
        assert "a backup is being put in its place" in settled.run(*looking).expect(1).err
    said = settled.run("plan").expect(0)
    assert "A restore was cut short. It was carried to its end." in said.err and "No changes." in said.out
    assert "was applied already" in settled.run("apply", plan.stem, "--yes").expect(3).err
    settled.run("state", "verify").expect(0)


def test_verify_says_what_is_wrong(settled: Project) -> None:
    assert "holds together" in settled.run("state", "verify").expect(0).out
    _change_memory(
        settled,
        "insert into links select * replace ('1003' as b_id) from links where b_id = '1001';"
        "insert into links select * from links where b_id = '1004';"
        "delete from links where b_id = '1005';"
        "insert into bases select * from bases where b_id = '1006' and field = 'phone'",
    )
    next((settled.state / "plans").glob("*.plan")).unlink()
    _change_ledger(settled, "insert into request_rows (run_id, number, change) values ('lost', 1, 1)")
    said = settled.run("state", "verify").expect(1)
    for what in (
        "a link is remembered twice\n  people Contact",
        "a record has two links in one sync (2 times)",
        "a base has no link",
        "a field of a pair has two bases\n",
        "is not where it was saved",
        "a journalled change belongs to no request\n  lost 1 1",
    ):
        assert what in said.out
    assert "6 findings" in said.err
    body = bytearray(settled.ledger.read_bytes())
    body[4096:8192] = b"\xff" * 4096
    settled.ledger.write_bytes(body)
    assert "ledger.sqlite is damaged" in settled.run("state", "verify").expect(1).out


def test_the_cache_is_rebuilt(settled: Project) -> None:
    links = _memory(settled, "select * from links order by all")
    snapshots = settled.state / "snapshots.duckdb"
    with duckdb.connect(str(snapshots)) as con:
        con.execute("update cursors set full_at = timestamp '2001-01-01'")
    said = settled.run("state", "rebuild", "--quiet").expect(0)
    assert "pardot prospect: 52 records" in said.out
    with duckdb.connect(str(snapshots), read_only=True) as con:
        assert con.execute("select min(full_at) > timestamp '2020-01-01' from cursors").fetchone() == (True,)
    assert _memory(settled, "select * from links order by all") == links
    assert "No changes." in settled.run("plan").expect(0).out


def test_a_person_is_forgotten_everywhere(settled: Project) -> None:
    contact, prospect = _contact(settled)
    settled.run("emulator", "set", f"Contact/{contact}#Phone=+1 555 777123").expect(0)
    settled.run("apply", "--yes").expect(0)
    settled.run("emulator", "set", f"Contact/{contact}#Title=Unmistakable").expect(0)
    unspent = settled.run("plan").expect(0).plan_id
    _change_ledger(
        settled,
        "insert into sync_errors (system, object, record, action, payload, code, message, run_id, at, name) values"
        f" ('pardot', 'prospect', '{prospect}', 'update', 'd', '1', 'no +1 555 777123', 'r',"
        " '2026-03-02T09:00:00+00:00', 'Unmistakable'),"
        f" ('pardot', 'prospect', 'new:Contact/{contact}', 'create', 'd', '65', 'no +1 555 777123', 'r',"
        " '2026-03-02T09:00:00+00:00', 'Unmistakable')",
    )
    said = settled.run("state", "forget", f"prospect/{prospect}").expect(0)
    assert said.out.splitlines() == [f"Contact/{contact}", f"prospect/{prospect}"]
    assert "Nothing was changed." in said.err
    held = _holding(settled, b"777123", b"Unmistakable")
    assert {path.name for path in held} >= {"ledger.sqlite", f"{unspent}.plan"}

    said = settled.run("state", "forget", f"Contact/{contact[:15]}", "--yes").expect(0)
    assert f"plan {unspent}: removed: it was not applied" in said.out
    assert said.out.count("its rows about the person were removed") == 2
    assert "sync errors: 2 removed" in said.out and "copies of records: 2 removed" in said.out
    for place in ("git", "backups", "Salesforce and Pardot"):
        assert place in said.err
    assert _holding(settled, b"777123", b"Unmistakable", b"contact1@") == []
    assert _memory(settled, f"select tombstone from links where a_id = '{contact}'") == [("both",)]
    for table in ("bases", "history", "writes"):
        column = "a_id" if table == "bases" else "id"
        assert _memory(settled, f"from {table} where {column} in ('{contact}', '{prospect}')") == []
    assert _ledger(settled, f"select 1 from request_rows where record_key = '{contact}'") == []
    settled.run("state", "verify").expect(0)
    # The systems still hold both: whoever is read again is this pair, and nobody is made in its place.
    assert [c for c in settled.plan_json()["changes"] if "create" in c["actions"]] == []


def _holding(project: Project, *values: bytes) -> list[Path]:
    """The files of the state, but the org's own, in which a value stands as it is."""
    org = f"{project.state}/emulator.db"
    files = [p for p in project.state.rglob("*") if p.is_file() and not str(p).startswith(org)]
    return sorted(p for p in files if any(value in p.read_bytes() for value in values))


def test_a_lock_that_is_kept_keeps_commands_out(settled: Project) -> None:
    said = settled.run("state", "lock", "--reason", "the org is migrated").expect(0)
    assert "is locked: the org is migrated" in said.out
    refused = settled.run("plan").expect(1)
    assert "the org is migrated" in refused.err and "pardotflow state unlock" in refused.err
    assert "the org is migrated" in settled.run("state", "lock", "--reason", "me too").expect(1).err
    settled.run("state", "list").expect(0)
    settled.run("state", "rm", "people#city", "--yes").expect(0)
    settled.run("plan").expect(1)
    assert "Released: " in settled.run("state", "unlock").expect(0).out
    assert "was not locked." in settled.run("state", "unlock").expect(0).out
    settled.run("plan", "--quiet").expect(0)


def test_nothing_is_remembered_yet(tmp_path: Path) -> None:
    project = build_small(tmp_path / "small")
    for command in ("list", "backup"):
        assert "nothing is remembered in this environment" in project.run("state", command).expect(1).err
    project.run("state", "verify").expect(0)


def test_what_is_old_goes_with_the_next_apply(settled: Project) -> None:
    settled.replace("pardotflow.yml", "version: 1", "version: 1\nretention: {plans: 1, journals: 1, least_plans: 1}")
    assert "Nothing is older" in settled.run("state", "prune").expect(0).out
    for column, table in (("created_at", "plans"), ("ended_at", "runs")):
        _change_ledger(settled, f"update {table} set {column} = '2020' || substr({column}, 5)")
    [(run,)] = _ledger(settled, "select id from runs")
    before = len(list((settled.state / "plans").glob("*.plan")))
    said = settled.run("apply", "--yes", "--quiet").expect(0)
    assert f"retention: says: {before} plans" in said.err and "retention: says: 1 journals of runs" in said.err
    assert len(list((settled.state / "plans").glob("*.plan"))) == 1
    assert _ledger(settled, f"select 1 from requests where run_id = '{run}'") == []
    assert _ledger(settled, f"select status from runs where id = '{run}'") == [("done",)]
    settled.run("state", "verify").expect(0)
