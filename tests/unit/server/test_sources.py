"""Where samples came from is kept to the last bit, in a few bytes a packet."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lumbar_server.store.sources import OBSERVATION, Source, decode, encode, joined

BOOT = 2**63 - 1
WHOLE = st.integers(-(2**63), 2**63 - 1)
PACKET = st.tuples(WHOLE, st.integers(-(2**31), 2**31 - 1), WHOLE, st.floats())
PACKETS = st.lists(PACKET, max_size=20).map(lambda rows: np.array(rows, OBSERVATION).tobytes())
SOURCE = st.builds(
    Source, st.integers(1, 10**9), st.booleans(), st.none() | st.integers(0, BOOT), PACKETS
)


def minute_of_packets(*, live: bool = True) -> NDArray[Any]:
    """Ten a second, each after a wait of its own, by a clock that counts nanoseconds."""
    rng = np.random.default_rng(5)
    packets = np.zeros(600, OBSERVATION)
    packets["first_index"] = 10 * np.arange(600)
    packets["n"] = 10
    packets["ticks"] = np.rint(3276.8 * 1.00002 * np.arange(600))
    arrival_s = 98765.4 + 0.1 * np.arange(600) + rng.exponential(0.01, 600)
    packets["monotonic_s"] = np.rint(arrival_s * 1e9) / 1e9 if live else math.nan
    return packets


@given(st.lists(SOURCE, max_size=5))
def test_any_sources_come_back(sources: list[Source]) -> None:
    assert decode(encode(sources)) == sources


def test_a_packet_takes_few_bytes() -> None:
    live = Source(6000, True, BOOT, minute_of_packets().tobytes())
    from_log = Source(6000, False, BOOT, minute_of_packets(live=False).tobytes())
    assert decode(encode([live, from_log])) == [live, from_log]
    assert len(encode([live])) < 4 * 600
    assert len(encode([from_log])) < 300


def test_live_packets_and_blocks_of_the_log_take_turns() -> None:
    packets = minute_of_packets()
    packets["monotonic_s"][::3] = math.nan
    sources = [Source(10, bool(n % 3), BOOT, one.tobytes()) for n, one in enumerate(packets)]
    assert decode(encode(sources)) == sources
    assert len(encode(sources)) < 6 * 600


@pytest.mark.parametrize("size", [0, 24, 28, 29])
def test_packets_of_an_older_version_come_back(size: int) -> None:
    source = Source(10, True, None, bytes(range(size)))
    assert decode(encode([source])) == [source]


def test_neighbours_of_one_kind_become_one() -> None:
    first, second = (Source(10, True, 7, bytes([n]) * 28) for n in (1, 2))
    other, log = Source(5, True, 8, b""), Source(5, False, 8, b"")
    together = Source(20, True, 7, first.packets + second.packets)
    assert list(joined([first, second, other, log, first])) == [together, other, log, first]


def test_a_packet_goes_with_its_first_sample() -> None:
    packets = minute_of_packets()[:3]
    source = Source(28, True, BOOT, packets.tobytes())  # its last two samples were there before
    before, after = source.cut(0, 15)
    assert before == Source(15, True, BOOT, packets[:2].tobytes())
    assert after == Source(13, True, BOOT, packets[2:].tobytes())


def test_damage_is_noticed() -> None:
    data = bytearray(encode([Source(6000, True, BOOT, minute_of_packets().tobytes())]))
    data[len(data) // 2] ^= 1
    with pytest.raises(ValueError, match=r"checksum|corrupt"):
        decode(bytes(data))
