"""What clocks can be fitted from again: the packets of a stream, and the gateways' wall clocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, select

from lumbar_server import models
from lumbar_server.store import sources
from lumbar_server.store.samples import Codec
from lumbar_server.store.sources import OBSERVATION
from lumbar_server.store.upsert import conflict_insert

_CHUNKS = cast(Table, models.Chunk.__table__)
_BOOTS = cast(Table, models.GatewayBoot.__table__)


def note_offsets(connection: Connection, wall_offset_s: Mapping[int, float]) -> None:
    """Store what was last heard of the runs of gateways, in an order that all workers share."""
    rows = [
        {"gateway_boot": boot, "wall_offset_s": offset_s}
        for boot, offset_s in sorted(wall_offset_s.items())
    ]
    if rows:
        added = conflict_insert(connection, _BOOTS)
        statement = added.on_conflict_do_update(
            index_elements=["gateway_boot"], set_={"wall_offset_s": added.excluded.wall_offset_s}
        )
        connection.execute(statement, rows)


def wall_offset_s(connection: Connection, gateway_boot: int) -> float | None:
    """Return wall minus monotonic time in a run of a gateway, as last heard of."""
    query = select(_BOOTS.c.wall_offset_s).where(_BOOTS.c.gateway_boot == gateway_boot)
    offset_s: float | None = connection.execute(query).scalar_one_or_none()
    return offset_s


def of_stream(connection: Connection, stream_id: str) -> Iterator[tuple[int, NDArray[Any]]]:
    """Yield each run of a gateway and the packets that came live in it, as they arrived."""
    query = select(_CHUNKS.c.codec, _CHUNKS.c.gateway_boot, _CHUNKS.c.observations).where(
        _CHUNKS.c.stream_id == stream_id,
        _CHUNKS.c.gateway_boot.is_not(None) | (_CHUNKS.c.codec != Codec.RAW),
    )
    found: dict[int, list[bytes]] = {}
    for codec, boot, observations in connection.execute(query):
        if codec == Codec.RAW:
            found.setdefault(boot, []).append(observations)
            continue
        for source in sources.decode(observations):
            if source.gateway_boot is not None:
                found.setdefault(source.gateway_boot, []).append(source.packets)
    for boot, parts in found.items():
        packets = np.frombuffer(b"".join(parts), OBSERVATION)
        packets = packets[~np.isnan(packets["monotonic_s"])]
        if len(packets):
            yield boot, np.sort(packets, order="monotonic_s")
