"""MQTT messages: there and back, and nothing but MessageError for hostile bytes."""

import contextlib
import json
from collections.abc import Callable
from typing import Any

import cbor2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbar_gateway.clock import StreamClock, presumed
from lumbar_gateway.errors import MessageError, ProfileError
from lumbar_gateway.messages import (
    Ack,
    Claim,
    ClockFit,
    ClockSource,
    GatewayStatus,
    IndexRanges,
    LiveEvents,
    LostSamples,
    PacketStamp,
    Refusal,
    SampleBatch,
    StreamEnd,
    Topic,
    claim_of,
    decode_stream_message,
    shard_of,
)
from lumbar_gateway.messages.ack import MAX_RANGES, excerpt
from lumbar_gateway.messages.cbor import sealed
from lumbar_gateway.messages.fields import MAX_MESSAGE_BYTES
from lumbar_gateway.messages.topics import pattern, said_by
from lumbar_gateway.outbox import message
from lumbar_gateway.packet_table import SpooledPacket
from lumbar_gateway.profiles.lumbar import (
    Channels,
    ClockReading,
    StreamDescription,
    StreamTime,
)
from lumbar_gateway.streams import Packet, Stream

READERS: list[Callable[[bytes], object]] = [
    decode_stream_message,
    Ack.from_bytes,
    GatewayStatus.from_bytes,
    LiveEvents.from_bytes,
]
stream_ids = st.integers(0, 2**64 - 1)
indices = st.integers(0, 2**40)
wall_s = st.floats(0, 4e9)
int16s = st.integers(-32768, 32767)
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=6), inner, max_size=4)
        | st.builds(cbor2.CBORTag, st.sampled_from([40, 77]), inner)
    ),
    max_leaves=8,
)


def batch(samples: Any, **changes: Any) -> SampleBatch:
    fields = {
        "stream_id": 7,
        "first_index": 0,
        "samples": np.array(samples, np.int16),
        "packets": (PacketStamp(len(samples), 0, 1000.0),),
        "gateway_boot": 3,
        "wall_offset_s": 1.75e9,
        "live": True,
        "sampling_rate_hz": 50.0,
        "g_per_step": 1 / 4096,
        "dps_per_step": 0.0,
        "fit": ClockFit(1.75e9, 0.02, ClockSource.OBSERVED, 60.0),
    }
    return SampleBatch(**(fields | changes))


@given(
    st.sampled_from([3, 6]).flatmap(
        lambda width: st.lists(st.lists(int16s, min_size=width, max_size=width), min_size=1)
    ),
    stream_ids,
    indices,
    wall_s,
    st.booleans(),
)
def test_samples_survive(
    samples: list[list[int]], stream_id: int, first: int, offset_s: float, live: bool
) -> None:
    sent = batch(samples, stream_id=stream_id, first_index=first, wall_offset_s=offset_s, live=live)
    received = decode_stream_message(bytes(sent))
    assert isinstance(received, SampleBatch)
    assert received.samples.tolist() == samples
    assert received.samples.dtype == np.int16
    assert received.end_index == first + len(samples)
    assert bytes(received) == bytes(sent)


@given(stream_ids, indices, st.integers(1, 2**30), st.text(max_size=50))
def test_lost_and_end_survive(stream_id: int, first: int, n: int, reason: str) -> None:
    for sent in (
        LostSamples(stream_id, first, first + n, reason),
        StreamEnd(stream_id, first),
    ):
        assert decode_stream_message(bytes(sent)) == sent


@given(
    stream_ids,
    st.lists(st.tuples(indices, st.integers(1, 1000)).map(lambda s: (s[0], s[0] + s[1]))),
    st.none() | indices,
    st.lists(st.builds(Refusal, indices, indices, st.integers(0, 2**32 - 1))).map(tuple),
)
def test_ack_survives(
    stream_id: int,
    ranges: list[tuple[int, int]],
    end: int | None,
    refused: tuple[Refusal, ...],
) -> None:
    sent = Ack(stream_id, IndexRanges(ranges), IndexRanges(ranges[:1]), end, refused)
    assert Ack.from_bytes(bytes(sent)) == sent


def scattered(n: int) -> IndexRanges:
    """Return as many ranges, with the largest indices there are."""
    return IndexRanges((2**48 - 3 * i, 2**48 - 3 * i + 1) for i in range(n, 0, -1))


def test_the_largest_acknowledgement_is_far_below_the_limit() -> None:
    many = scattered(30_000)
    part = excerpt(many, many)
    refused = (Refusal(2**48 - 1, 2**48, 2**32 - 1),) * MAX_RANGES
    assert len(part) == MAX_RANGES
    assert len(bytes(Ack(2**64 - 1, part, part, 2**48 - 1, refused))) < MAX_MESSAGE_BYTES / 3


def test_a_long_list_shows_its_head_and_what_was_sent_last() -> None:
    many = scattered(30_000)
    *_, (start, end) = many
    part = excerpt(many, IndexRanges([(start - 5, end)]))
    assert part.covers(start, end)
    assert list(part)[:100] == list(many)[:100]
    assert all(many.covers(*one) for one in part)
    assert excerpt(IndexRanges([(0, 9)]), IndexRanges()) == IndexRanges([(0, 9)])


def with_field(message: SampleBatch | LostSamples | StreamEnd, **changes: Any) -> bytes:
    return sealed(cbor2.dumps(cbor2.loads(bytes(message)) | changes))


def test_an_unusable_message_still_says_what_it_is_about() -> None:
    samples = batch([[1, 2, 3], [4, 5, 6]], first_index=40)
    assert claim_of(with_field(samples, g=1e-9)) == Claim(7, 40, 42)
    assert claim_of(with_field(samples, samples=0)) == Claim(7, 0, 0)
    assert claim_of(with_field(LostSamples(7, 3, 9, "x"), reason=5)) == Claim(7, 3, 9)
    assert claim_of(with_field(StreamEnd(7, 3), kind="farewell")) == Claim(7, 0, 0)


def test_what_may_be_read_some_day_is_not_claimed() -> None:
    good = bytes(StreamEnd(7, 3))
    assert claim_of(good[:-1] + b"\0") is None
    assert claim_of(with_field(StreamEnd(7, 3), v=2)) is None
    assert claim_of(with_field(StreamEnd(7, 3), stream=-1)) is None


@given(
    st.builds(
        StreamDescription,
        stream_ids,
        st.floats(1.0, 2000.0, width=32),
        st.floats(2.0**-23, 2.0**-4, width=32),
        st.floats(0.0, 1.0, width=32),
        st.integers(0, 2**16 - 1),
        st.sampled_from([Channels.ACC, Channels.ACC | Channels.GYRO]),
    ),
    st.integers(0, 2**32 - 1),
    st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)), max_size=3),
    st.builds(StreamTime, st.just(1), *[st.integers(0, 2**64 - 1)] * 3),
    st.builds(ClockReading, st.integers(0, 2), st.integers(0, 2**64 - 1)),
)
def test_whatever_the_radio_lets_in_the_server_can_read(
    described: StreamDescription,
    first: int,
    stamps: list[tuple[int, int]],
    time: StreamTime,
    reading: ClockReading,
) -> None:
    description = StreamDescription.from_bytes(bytes(described))
    clock = StreamClock(presumed(description.sampling_rate_hz, 1, first, 1000.0), 1)
    clock.take_time(time, reading, 1000.0, 1.75e9)
    for index, ticks in stamps:
        if clock.is_plausible(index, ticks):
            clock.observe(index, 1, ticks, 1000.0)
    stream = Stream("S", description, clock.state)
    body = bytes(2 * description.channels.count)
    packet = Packet(description.stream_id, first, 2**40, 1, 1000.0, True, body, 1)
    sent = message(stream, [SpooledPacket(1, packet)], 0, lambda _boot: 1.75e9)
    assert bytes(decode_stream_message(bytes(sent))) == bytes(sent)


@pytest.mark.parametrize("g_per_step", [0.0, 9e-8, 0.11, float("nan")])
def test_the_radio_lets_nothing_in_that_the_server_cannot_read(g_per_step: float) -> None:
    with pytest.raises(ProfileError):
        StreamDescription(1, 50.0, g_per_step, 0.0, 8, Channels.ACC)


@given(
    st.sampled_from(["connected", "searching", "gateway offline"]),
    st.none() | st.integers(0, 100),
    st.integers(0, 2**50),
    wall_s,
    st.none() | st.integers(-128, 127),
)
def test_status_survives(
    link: str, battery: int | None, spooled: int, at_s: float, signal_dbm: int | None
) -> None:
    sent = GatewayStatus(link, battery, spooled, at_s, "gateway", 7, signal_dbm)
    assert GatewayStatus.from_bytes(bytes(sent)) == sent
    assert GatewayStatus.from_bytes(bytes(sent.gone())).link == "gateway offline"


@pytest.mark.parametrize("read", READERS)
@given(st.binary(max_size=200))
def test_random_bytes_raise_nothing_but_message_error(
    read: Callable[[bytes], object], payload: bytes
) -> None:
    with pytest.raises(MessageError):
        read(payload)


@given(st.data())
def test_changed_fields_raise_nothing_but_message_error(data: st.DataObject) -> None:
    golden = [
        batch([[1, 2, 3]]),
        LostSamples(1, 2, 3, "x"),
        StreamEnd(1, 2),
        Ack(1, IndexRanges([(0, 5)]), IndexRanges(), 5),
    ]
    message = cbor2.loads(bytes(data.draw(st.sampled_from(golden))))
    key = data.draw(st.sampled_from(sorted(message)))
    message[key] = data.draw(plain)
    payload = sealed(cbor2.dumps(message))
    for read in READERS[:2]:
        with contextlib.suppress(MessageError):
            read(payload)


def test_no_flipped_bit_passes_for_another_message() -> None:
    good = bytes(batch([[1, 2, 3], [4, 5, 6]]))
    for bit in range(8 * len(good)):
        payload = bytearray(good)
        payload[bit // 8] ^= 1 << bit % 8
        with pytest.raises(MessageError):
            decode_stream_message(bytes(payload))


@given(st.data())
def test_changed_json_raises_nothing_but_message_error(data: st.DataObject) -> None:
    status, events = GatewayStatus("connected", 5, 6, 7.0), LiveEvents(1, 2, [{}], {})
    values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    for golden in (status, events):
        message = json.loads(bytes(golden))
        message[data.draw(st.sampled_from(sorted(message)))] = data.draw(values)
        with contextlib.suppress(MessageError):
            type(golden).from_bytes(json.dumps(message).encode())


@pytest.mark.parametrize(
    "payload", [b"[" * 100_000, b"{" * 100_000, b"\x81" * 100_000, b"\xff", b"", b"1e999"]
)
@pytest.mark.parametrize("read", READERS)
def test_deep_and_broken_nesting_is_refused(
    read: Callable[[bytes], object], payload: bytes
) -> None:
    with pytest.raises(MessageError):
        read(payload)


@pytest.mark.parametrize("read", READERS)
def test_oversized_message_is_refused_before_it_is_read(read: Callable[[bytes], object]) -> None:
    with pytest.raises(MessageError, match=str(MAX_MESSAGE_BYTES)):
        read(b" " * (MAX_MESSAGE_BYTES + 1))


def test_other_version_is_named() -> None:
    with pytest.raises(MessageError, match="schema version 2"):
        decode_stream_message(sealed(cbor2.dumps({"v": 2, "kind": "end", "stream": 1, "end": 2})))


def test_unordered_ranges_are_refused() -> None:
    fields = {"v": 1, "kind": "ack", "stream": 1, "lost": [], "end": None, "refused": []}
    with pytest.raises(MessageError, match="ascending"):
        Ack.from_bytes(sealed(cbor2.dumps(fields | {"stored": [[5, 9], [0, 3]]})))


def test_topic_reads_back_and_checks_the_shard() -> None:
    topic = Topic("LB-3F2A91C0", "ack/00000000000000ff")
    assert Topic.parse(str(topic)) == topic
    wrong = str(topic).replace(f"/{shard_of('LB-3F2A91C0')}/", "/00/")
    with pytest.raises(MessageError, match="shard"):
        Topic.parse(wrong)


def test_topic_of_a_gateway_names_it() -> None:
    topic = Topic("LB-3F2A91C0", said_by("gym-1", "samples"))
    assert str(topic).endswith("/LB-3F2A91C0/samples/gym-1")
    parsed = Topic.parse(str(topic))
    assert (parsed.kind, parsed.gateway_id) == ("samples", "gym-1")
    for what in ("samples", "samples/", "samples/a/b"):
        with pytest.raises(MessageError, match="id of a gateway"):
            _ = Topic("LB-3F2A91C0", what).gateway_id


@pytest.mark.parametrize("sensor_id", ["", "a/b", "+", "#", "x" * 65, "a b", "ü"])
def test_sensor_id_cannot_break_out_of_its_level(sensor_id: str) -> None:
    with pytest.raises(MessageError, match="sensor id"):
        Topic(sensor_id, "samples")


def test_subscription_pattern() -> None:
    assert pattern("samples/+") == "lumbar/v1/+/+/samples/+"
    assert pattern("samples/+", "0f") == "lumbar/v1/0f/+/samples/+"
    with pytest.raises(MessageError, match="two hex digits"):
        pattern("samples", "xyz")


@pytest.mark.parametrize(
    "packets",
    [
        None,
        [],
        [[1, 0, 1000.0]],
        [[2, 0, 1000.0], [0, 5, 1000.0]],
        [[2, 0]],
        [[2, -1, 1000.0]],
        [[2, 0, float("nan")]],
        [[2, 0, "now"]],
        [[True, 0, 1000.0], [1, 0, 1000.0]],
    ],
)
def test_packets_that_cannot_be_are_refused(packets: object) -> None:
    with pytest.raises(MessageError, match="packets"):
        decode_stream_message(with_field(batch([[1, 2, 3], [4, 5, 6]]), packets=packets))


@pytest.mark.parametrize("fit", [None, [1.0, 0.02], [1.0, 0.02, "guessed", 0.0], [1.0, 0.02, 3, 0]])
def test_fit_that_says_too_little_is_refused(fit: object) -> None:
    with pytest.raises(MessageError):
        decode_stream_message(with_field(batch([[1, 2, 3], [4, 5, 6]]), fit=fit))
