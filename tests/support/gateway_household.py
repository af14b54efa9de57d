"""Sensors on a virtual radio, a gateway, and what is expected to arrive from them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np

from acking_server import AckingServer
from lumbar_gateway.gateway import Gateway
from lumbar_gateway.link import Timing
from lumbar_gateway.messages import BrokerAddress
from lumbar_sim.bleak_backend import Central
from lumbar_sim.firmware import Firmware
from lumbar_sim.measurement import Measurement

RATE_HZ = 100.0
SENSOR_ID = "LB-00000001"
QUICK = Timing(
    answer_s=3.0,
    log_s=3.0,
    data_s=3.0,
    retry_s=0.1,
    longest_retry_s=0.5,
    poll_s=0.2,
    free_s=0.3,
)


def measurement(seconds: float, *, without: tuple[int, int] | None = None) -> Measurement:
    """Sample i reads (i, -i, i // 7); the indices ``without`` were never measured."""
    index = np.arange(round(seconds * RATE_HZ))
    if without is not None:
        index = index[(index < without[0]) | (index >= without[1])]
    counts = np.stack([index, -index, index // 7], axis=1).astype(np.int16)
    return Measurement(index, counts, RATE_HZ, 1 / 4096, 0.0, 8)


def firmware(seconds: float, sensor_id: str = SENSOR_ID, **options: Any) -> Firmware:
    """A sensor that plays ``measurement``; the stream id follows from the sensor id."""
    played = measurement(seconds, without=options.pop("without", None))
    seed = options.pop("seed", int(sensor_id[3:], 16))
    return Firmware(sensor_id, played, rng=np.random.default_rng(seed), **options)


@asynccontextmanager
async def gateway(
    folder: Path, broker: BrokerAddress, central: Central, **options: Any
) -> AsyncIterator[Gateway]:
    """Run a gateway on ``folder``'s spool until the end of the block."""
    running = Gateway(
        folder / "spool.db",
        broker,
        scanner_backend=central.scanner_backend,
        client_backend=options.pop("client_backend", central.client_backend),
        rng=np.random.default_rng(0),
        timing=options.pop("timing", QUICK),
        **options,
    )
    task = asyncio.create_task(running.run())
    try:
        yield running
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(server: AckingServer, condition: Callable[[], bool]) -> None:
    """Wait for a condition without blocking the event loop."""
    await asyncio.to_thread(server.wait_until, condition)


async def until_settled(server: AckingServer, streams: int = 1) -> None:
    """Wait until every one of ``streams`` has ended and each of its samples came or is lost."""

    def settled() -> bool:
        return len(server.ends) == streams and all(
            len(server.values[stream]) + server.lost[stream].count == end
            for stream, end in list(server.ends.items())
        )

    await until(server, settled)


def assert_complete(server: AckingServer, expected: Measurement, stream: int | None = None) -> None:
    """Check one stream (the only one) sample by sample."""
    if stream is None:
        (stream,) = server.ends
    values = server.values[stream]
    assert sorted(values) == expected.index.tolist()
    assert [values[i] for i in expected.index.tolist()] == [
        tuple(row) for row in expected.counts.tolist()
    ]
    assert server.differing == 0
    assert server.ends[stream] == expected.end_index
