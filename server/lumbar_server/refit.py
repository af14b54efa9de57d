"""A stream's clock, fitted again to everything that is kept of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from lumbar_gateway.messages import ClockFit, ClockSource
from lumbar_gateway.messages.observed_clock import FAR, SPAN_S, TICKS_PER_S, ObservedClock
from lumbar_server.store import observations
from lumbar_server.store.streams import StreamRecord


def refit(connection: Connection, record: StreamRecord) -> ClockFit | None:
    """Return the fit to the stored observations; None where they tell less than what is known.

    While a stream is measured its gateway fits to the last hour; this takes all of it.
    Of several runs of gateways that heard the stream the one that observed it longest counts.
    Wall time follows from what was last heard of that run's wall clock.
    """
    assert record.sample_format is not None
    fits = []
    for boot, packets in observations.of_stream(connection, record.stream_id):
        offset_s = observations.wall_offset_s(connection, boot)
        if offset_s is not None:
            fits.append(_fitted(packets, record.sample_format.sampling_rate_hz, offset_s))
    best = max(fits, key=lambda fit: fit.observed_s, default=None)
    if best is None or (record.clock is not None and not record.clock.gives_way_to(best)):
        return None
    # Of the ends of a stream that was observed so shortly, the gateway may have known more.
    extent_s = record.expected_end * best.wall_s_per_sample
    return best if best.observed_s * FAR >= extent_s else None


def _fitted(packets: NDArray[Any], nominal_rate_hz: float, wall_offset_s: float) -> ClockFit:
    clock = ObservedClock(nominal_rate_hz, window_s=math.inf)
    for first_index, n, ticks, monotonic_s in _promptest(packets, nominal_rate_hz).tolist():
        clock.observe(first_index, n, ticks, monotonic_s)
    line = clock.line()
    return ClockFit(
        line.at_zero_s + wall_offset_s, line.s_per_sample, ClockSource.OBSERVED, line.observed_s
    )


def _promptest(packets: NDArray[Any], nominal_rate_hz: float) -> NDArray[Any]:
    """Return the promptest packet of each span, which is all that counts, in their order.

    A day has a million packets, and the worker has others to serve.
    """
    taken_s = packets["ticks"] / TICKS_PER_S + (packets["n"] - 1) / nominal_rate_hz
    span = np.floor(taken_s / SPAN_S)
    order = np.lexsort((packets["monotonic_s"] - taken_s, span))
    is_first = np.diff(span[order], prepend=-1.0) > 0
    return packets[np.sort(order[is_first])]
