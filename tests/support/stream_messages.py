"""A stream as a gateway would publish it, with borders of the test's choice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lumbar_gateway.messages import (
    ClockFit,
    ClockSource,
    PacketStamp,
    SampleBatch,
    StreamEnd,
    Topic,
)
from synthetic_bridge import G_PER_STEP, RATE_HZ

START_S = 1_750_000_000.0
GATEWAY_ID = "gateway-1"
GATEWAY_BOOT = 0x123456789ABCDEF


@dataclass(frozen=True)
class PublishedStream:
    """One stream of one sensor, sample 0 taken at ``START_S``."""

    sensor_id: str
    stream_id: int
    samples: NDArray[np.int16]
    rate_hz: float = RATE_HZ

    @property
    def key(self) -> str:
        """The stream's id as the server writes it."""
        return f"{self.stream_id:016x}"

    @property
    def topic(self) -> str:
        """Where its messages go."""
        return str(Topic(self.sensor_id, f"samples/{GATEWAY_ID}"))

    def batch(self, first: int, end: int, *, live: bool = True) -> SampleBatch:
        """Return the samples of ``[first, end)`` as they arrive once the last is taken."""
        samples = self.samples[first:end]
        return SampleBatch(
            stream_id=self.stream_id,
            first_index=first,
            samples=samples,
            packets=(self.packet(first, len(samples), live=live),),
            gateway_boot=GATEWAY_BOOT,
            wall_offset_s=START_S,
            live=live,
            sampling_rate_hz=self.rate_hz,
            g_per_step=G_PER_STEP,
            dps_per_step=0.0,
            fit=ClockFit(START_S, 1 / self.rate_hz, ClockSource.OBSERVED, 3600.0),
        )

    def packet(self, first: int, n: int, *, live: bool) -> PacketStamp:
        """Return how ``n`` samples came in one packet."""
        arrival_s = (first + n) / self.rate_hz if live else None
        return PacketStamp(n, round(first * 32768 / self.rate_hz), arrival_s)

    def batches(self, size: int, *, live: bool = True) -> Iterator[SampleBatch]:
        """Yield the whole stream in batches of ``size``."""
        for first in range(0, len(self.samples), size):
            yield self.batch(first, min(first + size, len(self.samples)), live=live)

    def end(self) -> StreamEnd:
        """Return the message that closes the stream."""
        return StreamEnd(self.stream_id, len(self.samples))


def changed(batch: SampleBatch) -> SampleBatch:
    """Return ``batch`` with other samples under the same indices."""
    return replace(batch, samples=batch.samples ^ np.int16(0x55))


def arriving(batch: SampleBatch, now_s: float) -> SampleBatch:
    """Return ``batch`` as if its last packet had just come live."""
    arrival_s = batch.packets[-1].monotonic_s
    assert arrival_s is not None
    return replace(batch, wall_offset_s=now_s - arrival_s)


def shuffled_with_doubles(
    stream: PublishedStream, rng: np.random.Generator, sizes: Sequence[int] = (7, 50, 64)
) -> list[bytes]:
    """Return the stream cut in several ways at once, in random order, and its end."""
    messages = [bytes(batch) for size in sizes for batch in stream.batches(size)]
    messages.append(bytes(stream.end()))
    return [messages[i] for i in rng.permutation(len(messages))]
