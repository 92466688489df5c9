"""The runs of an environment, as the ledger keeps them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pardotflow.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run: which plan it carried out, when, and what became of the plan's changes."""

    id: str
    plan_id: str
    plan: Path | None
    """Where the plan was saved; None where that is not known."""
    started_at: datetime
    ended_at: datetime | None
    """None while it runs, and after it was cut short until another command closes it."""
    status: str
    confirmed: int
    refused: int
    unknown: int
    not_started: int
    moved: int


def read_runs(db: Database, file: Callable[[str, str], Path], prefix: str = "") -> list[RunRecord]:
    """The runs whose id begins with the text, the last one first. `file` says where a plan stands, by its id and
    place."""
    found = db.execute(
        "select r.id, r.plan_id, p.path, r.started_at, r.ended_at, r.status, r.confirmed, r.refused, r.unknown,"
        " r.not_started, r.moved from runs r left join plans p on p.id = r.plan_id"
        " where substr(r.id, 1, length(?)) = ? order by r.started_at desc, r.id desc",
        (prefix, prefix),
    )
    return [
        RunRecord(
            id=row[0],
            plan_id=row[1],
            plan=file(row[1], row[2]) if row[2] else None,
            started_at=datetime.fromisoformat(row[3]),
            ended_at=datetime.fromisoformat(row[4]) if row[4] else None,
            status=row[5],
            confirmed=row[6] or 0,
            refused=row[7] or 0,
            unknown=row[8] or 0,
            not_started=row[9] or 0,
            moved=row[10] or 0,
        )
        for row in found.fetchall()
    ]
