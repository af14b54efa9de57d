"""What the HTTP API says of how much is stored and what was deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from lumbar_server.field_types import Key, Moment
from lumbar_server.schemas import Model


class WearerStorage(Model):
    """What is stored of one wearer."""

    wearer_id: int
    wearer: str
    sessions: int = Field(description="Also those that are hidden")
    corrections: int
    answers: int = Field(description="To the programme")
    sets: int = Field(description="As every detector found them")
    streams: int
    samples: int
    samples_s: float = Field(description="Seconds of measurement")
    samples_bytes: int
    erased_samples: int = Field(description="That came and were deleted")
    messages: int = Field(description="Set aside because they contradict")
    messages_bytes: int


class OnItsWay(Model):
    """What of a sensor has not come yet, as its gateway last said."""

    sensor_id: str
    wearer_id: int
    spooled_samples: int = Field(description="At the gateway")
    log_samples: int = Field(description="In the sensor's own log")


class Storage(Model):
    """What is stored and how large it is."""

    wearers: list[WearerStorage]
    on_its_way: list[OnItsWay]
    database_bytes: int
    database_free_bytes: int = Field(description="In its file, to be used again or given back")
    keep_raw_days: float | None = Field(description="Older samples are deleted; null: kept")
    max_database_bytes: int | None = Field(description="Above it the oldest samples are deleted")


class DeletedPart(Model):
    """Samples of one stream."""

    stream_id: str
    ranges: list[tuple[int, int]] = Field(description="Sample indices, [start, end)")
    samples: int


class Receipt(Model):
    """What was deleted, or is announced to be; nothing of what it was."""

    schema_: Literal["lumbar.receipt/1"] = Field("lumbar.receipt/1", alias="schema")
    id: int
    kind: Literal["session", "raw", "everything", "retention"] = Field(
        description="raw and retention: samples only, what was found stays"
    )
    state: Literal["announced", "under way", "done"] = Field(
        description="Under way: it cannot be read any more, and is being overwritten"
    )
    wearer_id: int | None
    session_id: int | None
    before_utc: datetime | None = Field(description="Only samples taken before")
    made_utc: datetime
    due_utc: datetime = Field(description="Not before then")
    done_utc: datetime | None
    sessions: int
    corrections: int
    answers: int = Field(description="To the programme")
    sets: int
    messages: int = Field(description="That had been set aside")
    samples: int
    bytes: int
    streams: list[DeletedPart]
    left: list[DeletedPart] = Field(description="Still to go; samples: where that is known")


class ReceiptPage(Model):
    """Some of the receipts."""

    items: list[Receipt]
    next: str | None = Field(description="The cursor of the next page; null at the end")


class NewDeletion(Model):
    """What to delete of a wearer."""

    wearer_id: Key
    what: Literal["raw", "everything"] = Field(
        description="raw: the samples, what was found in them stays; everything: all of it"
    )
    before_utc: Moment | None = Field(
        None, description="Only samples taken before; not with everything"
    )
