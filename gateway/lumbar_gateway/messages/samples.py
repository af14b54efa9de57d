"""What the gateway publishes on a sensor's ``samples`` topic (QoS 1, CBOR)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lumbar_gateway.errors import MessageError
from lumbar_gateway.messages import cbor, fields


@dataclass(frozen=True, slots=True)
class SampleBatch:
    """Consecutive samples of one stream; every batch says itself what its samples mean."""

    stream_id: int
    first_index: int
    samples: NDArray[np.int16]  # (n, 3) or (n, 6): ax ay az [gx gy gz]
    first_ticks: int  # device ticks at the first sample, unwrapped
    arrival_s: float  # wall time (s since 1970, UTC) at which the gateway received it
    live: bool  # false where it was back-filled from the sensor's log
    sampling_rate_hz: float
    g_per_step: float
    dps_per_step: float  # 0 where there is no gyro
    wall_at_zero_s: float  # the gateway's present fit: wall time of sample index 0 ...
    wall_s_per_sample: float  # ... and the true sample period by the gateway's clock

    @property
    def end_index(self) -> int:
        """One past the last sample's index."""
        return self.first_index + len(self.samples)

    def __bytes__(self) -> bytes:
        return cbor.dumps(
            "samples",
            {
                "stream": self.stream_id,
                "first": self.first_index,
                "ticks": self.first_ticks,
                "arrival": self.arrival_s,
                "live": self.live,
                "rate": self.sampling_rate_hz,
                "g": self.g_per_step,
                "dps": self.dps_per_step,
                "fit": [self.wall_at_zero_s, self.wall_s_per_sample],
                "samples": cbor.typed_array(self.samples),
            },
        )

    @classmethod
    def from_map(cls, message: dict[str, Any]) -> Self:
        """Check and take over a decoded map."""
        fit = message.get("fit")
        if not isinstance(fit, list) or len(fit) != 2:
            raise MessageError("fit needs two numbers: wall time of index 0, period in seconds")
        clock = {"wall time of index 0": fit[0], "sample period": fit[1]}
        return cls(
            stream_id=fields.integer(message, "stream", 2**64),
            first_index=fields.integer(message, "first", 2**48),
            samples=cbor.read_typed_array(message.get("samples"), (3, 6)),
            first_ticks=fields.integer(message, "ticks"),
            arrival_s=fields.number(message, "arrival", 0.0, fields.LAST_WALL_S),
            live=fields.boolean(message, "live"),
            sampling_rate_hz=fields.number(message, "rate", 1.0, 2000.0),
            g_per_step=fields.number(message, "g", 1e-7, 0.1),
            dps_per_step=fields.number(message, "dps", 0.0, 1.0),
            wall_at_zero_s=fields.number(
                clock, "wall time of index 0", -fields.LAST_WALL_S, fields.LAST_WALL_S
            ),
            wall_s_per_sample=fields.number(clock, "sample period", 1e-4, 2.0),
        )


@dataclass(frozen=True, slots=True)
class LostSamples:
    """Indices that the sensor no longer has: a gap that nothing will fill."""

    stream_id: int
    first_index: int
    end_index: int
    reason: str

    def __bytes__(self) -> bytes:
        return cbor.dumps(
            "lost",
            {
                "stream": self.stream_id,
                "first": self.first_index,
                "end": self.end_index,
                "reason": self.reason,
            },
        )

    @classmethod
    def from_map(cls, message: dict[str, Any]) -> Self:
        """Check and take over a decoded map."""
        first = fields.integer(message, "first", 2**48)
        end = fields.integer(message, "end", 2**48)
        if first >= end:
            raise MessageError(f"lost range [{first}, {end}) is empty")
        return cls(
            fields.integer(message, "stream", 2**64), first, end, fields.text(message, "reason")
        )


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """The sensor closed the stream: no index at or above ``end_index`` will follow."""

    stream_id: int
    end_index: int

    def __bytes__(self) -> bytes:
        return cbor.dumps("end", {"stream": self.stream_id, "end": self.end_index})

    @classmethod
    def from_map(cls, message: dict[str, Any]) -> Self:
        """Check and take over a decoded map."""
        return cls(fields.integer(message, "stream", 2**64), fields.integer(message, "end", 2**48))


StreamMessage = SampleBatch | LostSamples | StreamEnd
_TYPES: dict[str, type[StreamMessage]] = {
    "samples": SampleBatch,
    "lost": LostSamples,
    "end": StreamEnd,
}


def decode_stream_message(payload: bytes) -> StreamMessage:
    """Decode a payload of the ``samples`` topic; raises ``MessageError``."""
    message = cbor.loads(payload)
    kind = message.get("kind")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise MessageError(f"message kind {kind!r}; known: {', '.join(_TYPES)}")
    return _TYPES[kind].from_map(message)
