"""How long a spool would last if the server stayed away, seen from outside a running gateway."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from lumbar_gateway.errors import SpoolError
from lumbar_gateway.profiles.lumbar import NOTIFICATION_INTERVAL_S, StreamDescription

PACKET_BYTES = 100  # measured: a row and its places in the indexes, beside its samples
SAMPLE_BYTES_PER_VALUE = 2
_UNKNOWN_SENSOR_BYTES_PER_S = 1600.0  # three axes at 100 Hz, as below


@dataclass(frozen=True, slots=True)
class SpoolOutlook:
    """What a spool holds and how fast it would fill."""

    used_bytes: int
    room_bytes: int  # until its own limit, or until the disk is full
    sensors: int  # with a stream that has not ended; one where none is known
    fill_bytes_per_s: float

    @property
    def full_after_s(self) -> float:
        """How long it would take all samples."""
        return self.room_bytes / self.fill_bytes_per_s


def look_ahead(path: Path, limit_bytes: int, free_bytes: int) -> SpoolOutlook:
    """Read a spool's file, which may be in use or not exist yet; raises ``SpoolError``.

    ``free_bytes`` is what the disk has left.
    """
    used, unused, rates = _read(path) if path.exists() else (0, 0, {})
    return SpoolOutlook(
        used_bytes=used,
        room_bytes=max(0, min(limit_bytes - used, free_bytes + unused)),
        sensors=max(1, len(rates)),
        fill_bytes_per_s=sum(rates.values()) or _UNKNOWN_SENSOR_BYTES_PER_S,
    )


def _read(path: Path) -> tuple[int, int, dict[str, float]]:
    """Return the bytes in use, those of empty pages, and bytes a second by sensor."""
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            page_bytes, pages, empty = (
                db.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_size", "page_count", "freelist_count")
            )
            rows = db.execute("SELECT sensor_id, description FROM stream WHERE end_index IS NULL")
            rates = {sensor_id: _bytes_per_s(description) for sensor_id, description in rows}
        finally:
            db.close()
    except sqlite3.Error as error:
        raise SpoolError(
            f"cannot read the spool {path} ({error}): ask as the user that the gateway runs as"
        ) from None
    return (pages - empty) * page_bytes, empty * page_bytes, rates


def _bytes_per_s(description: bytes) -> float:
    stream = StreamDescription.from_bytes(description)
    values_per_s = stream.sampling_rate_hz * stream.channels.count
    return PACKET_BYTES / NOTIFICATION_INTERVAL_S + SAMPLE_BYTES_PER_VALUE * values_per_s
