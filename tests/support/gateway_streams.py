"""A stream and its packets as a gateway holds them; sample i has the values (i, i, i)."""

import numpy as np

from lumbar_gateway.clock import presumed
from lumbar_gateway.profiles.lumbar import TICK_HZ, Channels, StreamDescription
from lumbar_gateway.streams import Packet, Stream

RATE_HZ = 50.0
START_S = 1000.0  # monotonic
WALL_OFFSET_S = 1_750_000_000.0
GATEWAY_BOOT = 0x123456789ABCDEF
STREAM = Stream(
    "LB-00000001",
    StreamDescription(0xF1E2D3C4B5A69788, RATE_HZ, 0.000244140625, 0.0, 8, Channels.ACC),
    presumed(RATE_HZ, GATEWAY_BOOT, 1, START_S),
)


def packet(first: int, end: int, *, live: bool = True) -> Packet:
    """Return the samples ``[first, end)``, received when the last was taken."""
    values = np.arange(first, end).astype("<i2")
    return Packet(
        stream_id=STREAM.stream_id,
        first_index=first,
        ticks=round(first * TICK_HZ / RATE_HZ),
        gateway_boot=GATEWAY_BOOT,
        monotonic_s=START_S + end / RATE_HZ,
        live=live,
        body=np.repeat(values, 3).tobytes(),
        n=end - first,
    )
