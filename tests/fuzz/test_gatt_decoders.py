"""No bytes from the air bring a decoder down, and what it accepts is exactly what was meant."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostile_bytes import each_of, hostile
from lumbar_gateway.errors import ProfileError
from lumbar_gateway.profiles.lumbar import (
    Channels,
    ClockReading,
    Command,
    CommandResult,
    ControlStatus,
    DirectoryRecord,
    GapReason,
    LogAssembler,
    LogBlock,
    LogEnd,
    LogGap,
    Opcode,
    SamplesPacket,
    SensorState,
    Status,
    StreamDescription,
    StreamTime,
    fragment,
    sealed,
)

CRC_BYTES = 4
STREAM = StreamDescription(0x0123456789ABCDEF, 104.0, 1 / 4096, 0.0, 8, Channels.ACC)
SAMPLES = np.arange(18, dtype=np.int16).reshape(6, 3)
VALID: list[Any] = [
    STREAM,
    SamplesPacket(70_000, 2_293_760, SAMPLES),
    Status(87, SensorState.MEASURING, 60, 60, 70_002),
    ClockReading(3, 2**33),
    Command.read_log(STREAM.stream_id, 60, 4524),
    CommandResult(Opcode.READ_LOG, ControlStatus.BUSY),
    DirectoryRecord(STREAM, 60, 60, 70_002, StreamTime(3, 1, 2, 3)),
    LogBlock(STREAM.stream_id, 70_000, 2_293_760, SAMPLES),
    LogGap(STREAM.stream_id, 0, 60, GapReason.OVERWRITTEN),
    LogEnd(STREAM.stream_id, 60, 4524, 75),
]
CASES = len(VALID) + 1 + 7  # with the assembler below and the messages of MQTT


def name(packet: object) -> str:
    return type(packet).__name__


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("packet", VALID, ids=name)
def test_what_is_accepted_is_encoded_to_the_same_bytes_and_all_else_is_refused(
    packet: Any,
) -> None:
    @each_of(CASES)
    @given(hostile(bytes(packet), sealed, CRC_BYTES))
    def check(data: bytes) -> None:
        try:
            decoded = type(packet).from_bytes(data)
        except ProfileError:
            return
        assert bytes(decoded) == data

    check()


@pytest.mark.parametrize("packet", VALID, ids=name)
def test_no_flipped_bit_is_taken_for_another_value(packet: Any) -> None:
    valid = bytes(packet)
    for bit in range(8 * len(valid)):
        flipped = bytearray(valid)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ProfileError):
            type(packet).from_bytes(bytes(flipped))


@pytest.mark.parametrize("packet", VALID, ids=name)
def test_no_packet_is_taken_for_one_of_another_kind(packet: Any) -> None:
    for other in VALID:
        if type(other) is not type(packet):
            with pytest.raises(ProfileError):
                type(packet).from_bytes(bytes(other))


RECORDS = [packet for packet in VALID if isinstance(packet, DirectoryRecord | LogBlock | LogEnd)]
PIECES = [piece for record in RECORDS for mtu in (20, 100) for piece in fragment(record, mtu)]


@pytest.mark.timeout(3600)
@each_of(CASES)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=40), max_size=40))
def test_no_mixture_of_fragments_makes_a_record_that_was_not_sent(pieces: list[bytes]) -> None:
    assembler = LogAssembler()
    sent = {bytes(record) for record in RECORDS}
    for piece in pieces:
        try:
            record = assembler.push(piece)
        except ProfileError:
            continue
        assert record is None or bytes(record) in sent
