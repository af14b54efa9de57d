"""Where consecutive samples came from: live or from a log, by which gateway, in which packets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumbar_server.store.zstd_frame import open_frame, squeeze

OBSERVATION = np.dtype(
    [("first_index", "<i8"), ("n", "<i4"), ("ticks", "<i8"), ("monotonic_s", "<f8")]
)
"""One packet by the sensor's clock and the gateway's (NaN for a block of the log); for ever."""

_NUMBER = np.dtype("<i8")
_NS_PER_TICK = 1953125, 64  # 1e9 / 32768, in whole numbers
_HEAD_BYTES = 2 * _NUMBER.itemsize
_AS_THEY_ARE, _IN_COLUMNS = 0, 1

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Source:
    """Where ``n`` consecutive samples came from.

    Attributes
    ----------
    gateway_boot
        Whose clock the packets were timed by; None where that was not kept.
    packets
        ``OBSERVATION`` after ``OBSERVATION``; without a ``gateway_boot`` what an older version
        kept of them.
    """

    n: int
    live: bool
    gateway_boot: int | None
    packets: bytes

    def cut(self, first_index: int, at: int) -> tuple[Source, Source]:
        """Return the sources of the samples before index ``at`` and from it on.

        Parameters
        ----------
        first_index
            Of the first sample.
        """
        before, after = self.packets, b""
        if self.gateway_boot is not None:
            packets = np.frombuffer(self.packets, OBSERVATION)
            is_before = packets["first_index"] < at
            before, after = packets[is_before].tobytes(), packets[~is_before].tobytes()
        n = at - first_index
        return replace(self, n=n, packets=before), replace(self, n=self.n - n, packets=after)


def joined(sources: Iterable[Source]) -> Iterator[Source]:
    """Yield neighbours of one kind as one."""
    for (live, boot), same in groupby(sources, lambda one: (one.live, one.gateway_boot)):
        alike = list(same)
        n = sum(one.n for one in alike)
        yield Source(n, live, boot, b"".join(one.packets for one in alike))


def encode(sources: Sequence[Source]) -> bytes:
    """Return the sources in less space; they come back to the last bit.

    Of a packet that came as foretold little is left but how long the radio took.
    """
    table = np.array(
        [
            (one.n, one.live, one.gateway_boot is not None, one.gateway_boot or 0, len(one.packets))
            for one in sources
        ],
        _NUMBER,
    )
    packets = b"".join(one.packets for one in sources)
    form, parts = _AS_THEY_ARE, [packets]
    if len(packets) % OBSERVATION.itemsize == 0:
        columns = _columns(np.frombuffer(packets, OBSERVATION))
        if _packets(b"".join(columns)) == packets:
            form, parts = _IN_COLUMNS, columns
    head = np.array([form, len(sources)], _NUMBER)
    return squeeze([head.tobytes(), table.tobytes(), *parts])


def decode(data: bytes) -> list[Source]:
    """Return the sources that ``encode`` was given; raises ``ValueError`` where damaged."""
    plain = open_frame(data)
    form, many = np.frombuffer(plain, _NUMBER, 2).tolist()
    table = np.frombuffer(plain, _NUMBER, 5 * many, offset=_HEAD_BYTES).reshape(many, 5)
    packets = plain[_HEAD_BYTES + table.nbytes :]
    if form == _IN_COLUMNS:
        packets = _packets(packets)
    sources, at = [], 0
    for n, live, has_boot, boot, size in table.tolist():
        sources.append(Source(n, bool(live), boot if has_boot else None, packets[at : at + size]))
        at += size
    return sources


def _columns(packets: NDArray[Any]) -> list[bytes]:
    """Return what is left of each column once it is foretold."""
    n = packets["n"].astype(_NUMBER)
    ticks = packets["ticks"]
    came = ~np.isnan(packets["monotonic_s"])
    with np.errstate(over="ignore", invalid="ignore"):  # then they do not come back: as they are
        came_ns = np.rint(packets["monotonic_s"][came] * 1e9).astype(_NUMBER)
    return [
        np.array([len(packets)], _NUMBER).tobytes(),
        came.tobytes(),
        *_planes(np.diff(n, prepend=0)),
        *_planes(np.diff(packets["first_index"] - _before(n), prepend=0)),
        *_planes(np.diff(ticks, prepend=0)),
        *_planes(np.diff(came_ns - _in_ns(ticks[came]), prepend=0)),
    ]


def _packets(columns: bytes) -> bytes:
    (many,) = np.frombuffer(columns, _NUMBER, 1).tolist()
    came = np.frombuffer(columns, np.bool_, many, offset=_NUMBER.itemsize)
    rest = columns[_NUMBER.itemsize + many :]
    packets = np.zeros(many, OBSERVATION)
    steps, rest = _numbers(rest, many)
    packets["n"] = n = np.cumsum(steps)
    steps, rest = _numbers(rest, many)
    packets["first_index"] = np.cumsum(steps) + _before(n)
    steps, rest = _numbers(rest, many)
    packets["ticks"] = ticks = np.cumsum(steps)
    steps, rest = _numbers(rest, int(np.count_nonzero(came)))
    packets["monotonic_s"] = np.nan
    packets["monotonic_s"][came] = (np.cumsum(steps) + _in_ns(ticks[came])) / 1e9
    return packets.tobytes()


def _before(n: Numbers) -> Numbers:
    """Return how many samples came in the packets before each."""
    return np.cumsum(n) - n


def _in_ns(ticks: Numbers) -> Numbers:
    return ticks * _NS_PER_TICK[0] // _NS_PER_TICK[1]


def _planes(numbers: Numbers) -> Iterator[bytes]:
    """Yield how many bytes each number needs, then all first bytes, all second bytes ..."""
    folded = (numbers << 1) ^ (numbers >> 63)  # small ones of either sign become small ones
    planes = folded.astype(_NUMBER).view(np.uint8).reshape(-1, _NUMBER.itemsize).T
    used = np.flatnonzero(planes.any(axis=1))
    width = int(used[-1]) + 1 if used.size else 0
    yield bytes([width])
    for plane in planes[:width]:
        yield plane.tobytes()


def _numbers(planes: bytes, many: int) -> tuple[Numbers, bytes]:
    """Return the numbers of ``_planes``, and what comes after them."""
    width, end = planes[0], 1 + planes[0] * many
    folded = np.zeros((many, _NUMBER.itemsize), np.uint8)
    folded[:, :width] = np.frombuffer(planes[1:end], np.uint8).reshape(width, many).T
    numbers = folded.view(np.uint64)[:, 0]
    return ((numbers >> 1) ^ -(numbers & 1)).view(np.int64), planes[end:]
