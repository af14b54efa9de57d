"""No payload brings a decoder of messages down: it is decoded, or refused with a reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import cbor2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostile_bytes import anything_in_json, each_of, hostile
from lumbar_gateway.messages import (
    Ack,
    GatewayStatus,
    IndexRanges,
    LiveEvents,
    LostSamples,
    MessageError,
    Refusal,
    SampleBatch,
    StreamEnd,
    claim_of,
    decode_stream_message,
)
from lumbar_gateway.messages.cbor import sealed
from stream_messages import PublishedStream

SEAL_BYTES = 5
STREAM_ID = 0xF1E2D3C4B5A69788
ACK = Ack(
    STREAM_ID,
    IndexRanges([(0, 1320), (1380, 1500)]),
    IndexRanges([(1320, 1380)]),
    None,
    (Refusal(1500, 1505, 7),),
)
SAMPLES = PublishedStream(
    "LB-00000001", STREAM_ID, np.arange(18, dtype=np.int16).reshape(6, 3)
).batch(0, 6)
BINARY: list[tuple[Any, Callable[[bytes], Any]]] = [
    (SAMPLES, decode_stream_message),
    (LostSamples(STREAM_ID, 1320, 1380, "overwritten"), decode_stream_message),
    (StreamEnd(STREAM_ID, 90_000), decode_stream_message),
    (ACK, Ack.from_bytes),
    (SAMPLES, claim_of),
]
TEXT: list[tuple[Any, Callable[[bytes], Any]]] = [
    (GatewayStatus("connected", 87, 150, 1.75e9, "gateway", 3000, -61), GatewayStatus.from_bytes),
    (LiveEvents(STREAM_ID, 1250, [{"type": "x"}], {"posture": "prone"}), LiveEvents.from_bytes),
]
CASES = len(BINARY) + len(TEXT) + 11  # with the packets of GATT


def survives(payload: bytes, decode: Callable[[bytes], Any]) -> None:
    try:
        decoded = decode(payload)
    except MessageError:
        return
    if isinstance(decoded, SampleBatch):
        assert decoded.samples.dtype == np.int16
    if hasattr(decoded, "__bytes__"):
        decode(bytes(decoded))


def changed(message: dict[str, Any], leave_out: str, put_in: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in message.items() if key != leave_out} | put_in


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("message", "decode"), BINARY)
def test_cbor_is_decoded_or_refused(message: Any, decode: Callable[[bytes], Any]) -> None:
    fields = cbor2.loads(bytes(message)[:-SEAL_BYTES])
    keys = st.sampled_from(sorted(fields))
    altered = st.builds(changed, st.just(fields), keys, st.dictionaries(keys, anything_in_json))

    @each_of(CASES)
    @given(hostile(bytes(message), sealed, SEAL_BYTES) | altered.map(cbor2.dumps).map(sealed))
    def check(payload: bytes) -> None:
        survives(payload, decode)

    check()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("message", "decode"), TEXT)
def test_json_is_decoded_or_refused(message: Any, decode: Callable[[bytes], Any]) -> None:
    fields = json.loads(bytes(message))
    keys = st.sampled_from(sorted(fields))
    altered = st.builds(changed, st.just(fields), keys, st.dictionaries(keys, anything_in_json))

    @each_of(CASES)
    @given(
        hostile(bytes(message), bytes, 0) | altered.map(lambda value: json.dumps(value).encode())
    )
    def check(payload: bytes) -> None:
        survives(payload, decode)

    check()
