"""What the gateway publishes on a sensor's ``samples`` topic (QoS 1, CBOR)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from lumbar_gateway.errors import MessageError
from lumbar_gateway.messages import cbor, fields
from lumbar_gateway.messages.clock_fit import ClockFit, ClockSource


class PacketStamp(NamedTuple):
    """How one packet of a batch came: what its time can be fitted from.

    A tuple, since there are more of them than of anything else but samples.
    """

    n: int  # samples
    ticks: int  # device ticks at the first of them, unwrapped
    monotonic_s: float | None  # when the gateway was notified; None for a block of the log

    @classmethod
    def from_list(cls, value: object) -> Self:
        """Check and take over decoded values."""
        if type(value) is list and len(value) == 3:
            n, ticks, came_s = value
            if (
                type(n) is type(ticks) is int
                and n > 0
                and 0 <= ticks < 2**63
                and (came_s is None or _is_time(came_s))
            ):
                return cls(n, ticks, came_s)
        raise MessageError("packets needs triples: samples, ticks, arrival in s or null")


def _is_time(value: Any) -> bool:
    return type(value) in (float, int) and abs(value) <= fields.LAST_WALL_S


@dataclass(frozen=True, slots=True)
class SampleBatch:
    """Consecutive samples of one stream; every batch says itself what its samples mean."""

    stream_id: int
    first_index: int
    samples: NDArray[np.int16]  # (n, 3) or (n, 6): ax ay az [gx gy gz]
    packets: tuple[PacketStamp, ...]  # that the samples came in
    gateway_boot: int  # the run of the gateway whose monotonic clock the packets were timed by
    wall_offset_s: float  # wall time minus monotonic time in that run, as last known
    live: bool  # false where it was back-filled from the sensor's log
    sampling_rate_hz: float
    g_per_step: float
    dps_per_step: float  # 0 where there is no gyro
    fit: ClockFit  # the gateway's present one of the stream

    @property
    def end_index(self) -> int:
        """One past the last sample's index."""
        return self.first_index + len(self.samples)

    def late_s(self, now_s: float) -> float:
        """Return how long before the wall time ``now_s`` the samples came; infinite for the log."""
        arrival_s = self.packets[-1].monotonic_s
        return math.inf if arrival_s is None else now_s - arrival_s - self.wall_offset_s

    def __bytes__(self) -> bytes:
        return cbor.dumps(
            "samples",
            {
                "stream": self.stream_id,
                "first": self.first_index,
                "packets": [list(packet) for packet in self.packets],
                "boot": self.gateway_boot,
                "offset": self.wall_offset_s,
                "live": self.live,
                "rate": self.sampling_rate_hz,
                "g": self.g_per_step,
                "dps": self.dps_per_step,
                "fit": _plain(self.fit),
                "samples": cbor.typed_array(self.samples),
            },
        )

    @classmethod
    def from_map(cls, message: dict[str, Any]) -> Self:
        """Check and take over a decoded map."""
        samples = cbor.read_typed_array(message.get("samples"), (3, 6))
        return cls(
            stream_id=fields.integer(message, "stream", 2**64),
            first_index=fields.integer(message, "first", 2**48),
            samples=samples,
            packets=_packets(message.get("packets"), len(samples)),
            gateway_boot=fields.integer(message, "boot"),
            wall_offset_s=fields.number(message, "offset", -fields.LAST_WALL_S, fields.LAST_WALL_S),
            live=fields.boolean(message, "live"),
            sampling_rate_hz=fields.number(message, "rate", 1.0, 2000.0),
            g_per_step=fields.number(message, "g", 1e-7, 0.1),
            dps_per_step=fields.number(message, "dps", 0.0, 1.0),
            fit=_fit(message.get("fit")),
        )


def _packets(value: object, n: int) -> tuple[PacketStamp, ...]:
    if not isinstance(value, list):
        raise MessageError("packets needs a list of triples: samples, ticks, arrival")
    stamps = tuple(PacketStamp.from_list(one) for one in value)
    if sum(stamp.n for stamp in stamps) != n:
        raise MessageError(f"packets do not add up to {n} samples")
    return stamps


def _plain(fit: ClockFit) -> list[float | str]:
    return [fit.wall_at_zero_s, fit.wall_s_per_sample, fit.source.name.lower(), fit.observed_s]


def _fit(value: object) -> ClockFit:
    if not isinstance(value, list) or len(value) != 4:
        raise MessageError("fit needs wall time of index 0, period in s, source, observed s")
    names = ("wall time of index 0", "sample period", "source", "observed")
    fit = dict(zip(names, value, strict=True))
    source = fields.text(fit, "source")
    if source not in _SOURCES:
        raise MessageError(f"source {source!r} of a fit; known: {', '.join(_SOURCES)}")
    return ClockFit(
        fields.number(fit, "wall time of index 0", -fields.LAST_WALL_S, fields.LAST_WALL_S),
        fields.number(fit, "sample period", 1e-4, 2.0),
        _SOURCES[source],
        fields.number(fit, "observed", 0.0, fields.LAST_WALL_S),
    )


_SOURCES = {source.name.lower(): source for source in ClockSource}


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
