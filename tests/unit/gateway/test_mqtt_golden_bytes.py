"""docs/mqtt.md against the code: its bytes, its keys, its schema."""

import json
import re
from pathlib import Path

import cbor2
import numpy as np
import pytest

from lumbar_gateway.messages import (
    Ack,
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
    decode_stream_message,
)
from lumbar_gateway.messages.ack import MAX_RANGES, ack_topic
from lumbar_gateway.messages.fields import MAX_MESSAGE_BYTES, SCHEMA_VERSION
from lumbar_gateway.messages.status import LINKS
from lumbar_gateway.outbox import MAX_RETRY_S, MERGED_SAMPLES, RETRY_S

DOCUMENT = (Path(__file__).parents[3] / "docs" / "mqtt.md").read_text(encoding="utf-8")
STREAM_ID = 0xF1E2D3C4B5A69788
GOLDEN = {
    "samples": SampleBatch(
        stream_id=STREAM_ID,
        first_index=1200,
        samples=np.array([[4096, -1, 12], [4100, -3, 15]], np.int16),
        packets=(PacketStamp(2, 786432, 5124.125),),
        gateway_boot=0x0123456789ABCDEF,
        wall_offset_s=1749994900.0,
        live=True,
        sampling_rate_hz=50.0,
        g_per_step=0.000244140625,
        dps_per_step=0.0,
        fit=ClockFit(1750000000.0, 0.02, ClockSource.OBSERVED, 24.0),
    ),
    "lost": LostSamples(STREAM_ID, 1320, 1380, "overwritten in the sensor's log"),
    "end": StreamEnd(STREAM_ID, 90000),
    "ack": Ack(
        STREAM_ID,
        IndexRanges([(0, 1320), (1380, 1500)]),
        IndexRanges([(1320, 1380)]),
        None,
        (Refusal(1500, 1505, 0x9FE1A20B),),
    ),
    "status": GatewayStatus("connected", 87, 150, 1750000025.5, "gateway", 3000, -61),
    "events": LiveEvents(
        STREAM_ID,
        1250,
        [{"type": "hold_started", "at": 1240, "exercise": "forearm_plank", "start": 1112.5}],
        {"posture": "prone"},
    ),
}
CBOR = ("samples", "lost", "end", "ack")


def section(name: str) -> str:
    return re.split(r"^## ", DOCUMENT.split(f"\n## {name}\n")[1], flags=re.MULTILINE)[0]


def documented_bytes(name: str) -> bytes:
    found = re.search(r"```(hex|json)\n(.*?)\n```", section(name), re.DOTALL)
    assert found is not None
    return bytes.fromhex(found[2]) if found[1] == "hex" else found[2].encode()


def documented_keys(name: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", section(name), re.MULTILINE))


@pytest.mark.parametrize("name", GOLDEN)
def test_code_writes_the_documented_bytes(name: str) -> None:
    assert bytes(GOLDEN[name]) == documented_bytes(name)


@pytest.mark.parametrize("name", ["samples", "lost", "end"])
def test_code_reads_the_documented_stream_messages(name: str) -> None:
    assert bytes(decode_stream_message(documented_bytes(name))) == bytes(GOLDEN[name])


@pytest.mark.parametrize("name", ["ack", "status", "events"])
def test_code_reads_the_other_documented_messages(name: str) -> None:
    golden = GOLDEN[name]
    assert isinstance(golden, Ack | GatewayStatus | LiveEvents)
    assert type(golden).from_bytes(documented_bytes(name)) == golden


@pytest.mark.parametrize("name", GOLDEN)
def test_every_key_is_documented(name: str) -> None:
    payload = documented_bytes(name)
    message = cbor2.loads(payload) if name in CBOR else json.loads(payload)
    assert documented_keys(name) == set(message)
    assert message["v"] == SCHEMA_VERSION


@pytest.mark.parametrize("name", CBOR)
def test_schema_has_the_same_keys(name: str) -> None:
    rule = re.search(rf"^{name} = \{{(.*?)\}}$", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert rule is not None
    rule_keys = set(re.findall(r"(\w+): ", re.sub(r"\[[^]]*\]", "", rule[1])))
    assert rule_keys == documented_keys(name)


def test_topics_are_those_of_the_document() -> None:
    base = str(Topic("LB-3F2A91C0", "samples")).removesuffix("samples")
    assert f"`{base}`" in DOCUMENT
    assert ack_topic(STREAM_ID) == f"ack/{STREAM_ID:016x}"
    for what in ("samples/<gateway>", "ack/<stream>", "status/<gateway>", "gateway", "events"):
        assert f"| `{what}` |" in DOCUMENT


def test_limits_are_those_of_the_document() -> None:
    assert f"{MAX_MESSAGE_BYTES} bytes" in DOCUMENT
    assert f"at most {MERGED_SAMPLES} samples" in DOCUMENT
    assert f"after {RETRY_S:.0f} s" in DOCUMENT
    assert f"up to {MAX_RETRY_S:.0f} s" in DOCUMENT
    assert f"at most {MAX_RANGES} entries" in DOCUMENT
    assert all(f"`{link}`" in section("status") for link in LINKS)
