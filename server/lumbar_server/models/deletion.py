"""What was deleted: receipts, which tell how much of which streams, and nothing of what it was."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from lumbar_server.models.base import Base


class Receipt(Base):
    """One deletion: announced, under way or done."""

    __tablename__ = "receipts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # see store.receipts.DeletionKind
    wearer_id: Mapped[int | None]  # no foreign keys: what they name may be gone
    session_id: Mapped[int | None]
    before_utc: Mapped[datetime | None]  # of samples: only those taken before
    made_utc: Mapped[datetime]
    due_utc: Mapped[datetime]  # not before then
    begun_utc: Mapped[datetime | None]  # null: announced; from then on nothing of it can be read
    done_utc: Mapped[datetime | None]
    sessions: Mapped[int]
    corrections: Mapped[int]
    answers: Mapped[int]  # to the programme
    sets: Mapped[int]
    messages: Mapped[int]  # of the quarantine
    samples: Mapped[int]
    bytes: Mapped[int]
    streams: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # done: id, ranges, samples
    todo: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # the same, of what is left
