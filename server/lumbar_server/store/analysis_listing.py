"""Which analyses there are of a stream; the one with the highest id counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, Table, select

from lumbar_server import models

_ANALYSES = cast(Table, models.Analysis.__table__)


@dataclass(frozen=True, slots=True)
class AnalysisRow:
    """One version of the detector, applied to one stream."""

    id: int
    stream_id: str
    detector_version: str
    parameters_sha256: str
    calibration: str | None  # the source of the detector's frame, as last saved


def of_stream(connection: Connection, stream_id: str) -> list[AnalysisRow]:
    """Return the analyses of a stream, the newest first."""
    query = select(_ANALYSES).where(_ANALYSES.c.stream_id == stream_id)
    rows = connection.execute(query.order_by(_ANALYSES.c.id.desc()))
    return [AnalysisRow(**row._mapping) for row in rows]
