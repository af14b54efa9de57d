"""My data: what is stored and how large it is, taking it away, deleting it, and the receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection, Engine

from lumbar_server import deletion
from lumbar_server.errors import BadRequestError
from lumbar_server.file_space import give_back
from lumbar_server.imports.record_file import import_record
from lumbar_server.pages.forms import Form, first, whole
from lumbar_server.pages.rendering import render
from lumbar_server.routes.deletions import ReceiptId, receipt_of
from lumbar_server.routes.request import Board, Database, Now
from lumbar_server.routes.storage import stored
from lumbar_server.store import receipts, sessions, wearers
from lumbar_server.store.sessions import SessionRow
from lumbar_server.store.wearers import WearerRow

router = APIRouter()

_RECEIPTS_SHOWN = 50
_NBSP = "\u00a0"

What = Literal["session", "raw", "everything"]
_WHATS: dict[str, What] = {"session": "session", "raw": "raw", "everything": "everything"}
Key = Annotated[int | None, Query(ge=1, lt=2**63)]


@dataclass(frozen=True, slots=True)
class CopyForm:
    """A form in which data can be taken away, and what it loses."""

    name: str
    title: str
    holds: str
    loses: str


COPY_FORMS = (  # docs/exports.md says more
    CopyForm(
        "json",
        "JSON",
        "everything, samples too; can be brought back",
        "messages that were set aside, and receipts",
    ),
    CopyForm(
        "parquet",
        "Parquet",
        "tables of results and raw samples, for analysis",
        "when each packet came; what older detectors found; hidden workouts",
    ),
    CopyForm(
        "csv",
        "CSV",
        "tables of workouts, sets, repetitions and holds, for a spreadsheet",
        "raw samples; what older detectors found; hidden workouts",
    ),
    CopyForm(
        "fit",
        "FIT",
        "an activity for each workout, for sports programs",
        "samples, deviations, confidence, comfort and notes; some exercises go by the nearest name",
    ),
    CopyForm(
        "labels",
        "Labels",
        "what was done by your word, to score a detector by",
        "all else",
    ),
)
BRING_BACK_PATH = "/my-data/import"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody is about to delete."""

    what: What
    wearer: WearerRow
    session: SessionRow | None = None
    before: date | None = None

    @property
    def before_utc(self) -> datetime | None:
        """The first moment of the day, where the wearer lives."""
        if self.before is None:
            return None
        return datetime.combine(self.before, time(), ZoneInfo(self.wearer.time_zone))


@router.get("/my-data")
def my_data(request: Request, database: Database, board: Board, now_utc: Now) -> HTMLResponse:
    """Return the page."""
    everybody = wearers.listed(database)
    return render(
        request,
        "my_data.html",
        stored=stored(database, board, request.app.state.retention, now_utc),
        wearers={one.id: one for one in everybody},
        zone=everybody[0].time_zone,
        announced=[receipt_of(one) for one in receipts.announced(database)],
        receipts=[receipt_of(one) for one in receipts.newest(database, None, _RECEIPTS_SHOWN)],
        copy_forms=COPY_FORMS,
        size=size,
        receipt_words=receipt_words,
    )


@router.get("/my-data/delete")
def ask(
    request: Request,
    database: Database,
    now_utc: Now,
    what: What,
    wearer_id: Key = None,
    session_id: Key = None,
    before: Annotated[str, Query(max_length=10)] = "",
) -> HTMLResponse:
    """Show what would go, and ask once more; nothing is deleted."""
    wish = _wish(database, what, wearer_id, session_id, before)
    doomed = deletion.doomed(
        database, wish.wearer.id, wish.session, wish.before_utc, what == "everything", now_utc
    )
    return render(request, "my_data_delete.html", wish=wish, doomed=doomed, size=size)


@router.post("/my-data/delete")
def delete(request: Request, form: Form, now_utc: Now, database: Database) -> RedirectResponse:
    """Delete what was asked for, if it was confirmed; leads to the receipt."""
    what = _WHATS.get(first(form, "what") or "")
    if what is None:
        raise BadRequestError("what: say session, raw or everything")
    if first(form, "confirmed") != "yes":
        raise BadRequestError("nothing was deleted: go back and tick that you mean it")
    numbers = {name: first(form, name) for name in ("wearer_id", "session_id")}
    wearer_id, session_id = (
        None if text is None else whole(text, name, 999_999_999) for name, text in numbers.items()
    )
    wish = _wish(database, what, wearer_id, session_id, first(form, "before") or "")
    return RedirectResponse(f"/my-data/receipts/{_fulfil(request, wish, now_utc)}", 303)


@router.post(BRING_BACK_PATH)
def bring_back(request: Request, file: UploadFile, now_utc: Now) -> HTMLResponse:
    """Take a JSON copy in, and say how much of it was not here yet; twice is as once."""
    done = import_record(request.app.state.engine, file.file, now_utc)
    return render(request, "my_data_imported.html", done=done)


@router.get("/my-data/receipts/{receipt_id}")
def receipt(request: Request, receipt_id: ReceiptId, database: Database) -> HTMLResponse:
    """Show a receipt."""
    zone = wearers.listed(database)[0].time_zone
    return render(
        request,
        "my_data_receipt.html",
        receipt=receipt_of(receipts.one(database, receipt_id)),
        zone=zone,
        size=size,
        receipt_words=receipt_words,
    )


def _fulfil(request: Request, wish: Wish, now_utc: datetime) -> int:
    engine: Engine = request.app.state.engine
    if wish.session is not None:
        done = deletion.delete_session(engine, wish.session.id, now_utc)
    elif wish.what == "everything":
        done = deletion.delete_everything(engine, wish.wearer.id, now_utc)
    else:
        done = deletion.delete_raw(engine, wish.wearer.id, wish.before_utc, now_utc)
    give_back(engine)
    return done.id


def _wish(
    connection: Connection, what: What, wearer_id: int | None, session_id: int | None, before: str
) -> Wish:
    if what == "session":
        if session_id is None:
            raise BadRequestError("session_id: say which workout")
        session = sessions.one(connection, session_id)
        return Wish(what, wearers.one(connection, session.wearer_id), session)
    if wearer_id is None:
        raise BadRequestError("wearer_id: say whose")
    wearer = wearers.one(connection, wearer_id)
    return Wish(what, wearer, before=_day(before) if what == "raw" and before else None)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadRequestError("before: a date, such as 2026-11-24") from error
    if not 1980 <= day.year <= 9000:
        raise BadRequestError(f"before: no sample was taken near {day.isoformat()}")
    return day


def size(n_bytes: int) -> str:
    """Return a size for people: ``12 kB``, ``3.4 MB``."""
    if n_bytes < 1000:
        return f"{n_bytes}{_NBSP}bytes"
    for unit, factor in (("kB", 1e3), ("MB", 1e6)):
        if n_bytes < 1000 * factor:
            return f"{n_bytes / factor:.3g}{_NBSP}{unit}"
    return f"{n_bytes / 1e9:.4g}{_NBSP}GB"


def receipt_words(kind: str) -> str:
    """Return what a receipt is about."""
    return _WORDS[kind]


_WORDS = {
    "session": "One workout",
    "raw": "Raw samples",
    "everything": "Everything of a wearer",
    "retention": "Raw samples, by their age or the database's size",
}
