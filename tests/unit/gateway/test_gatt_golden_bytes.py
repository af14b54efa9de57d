"""docs/gatt-profile.md against the code: its bytes, its values, its tables."""

import re
from pathlib import Path

import numpy as np
import pytest

from lumbar_gateway.profiles.lumbar import (
    BATTERY_LEVEL_UUID,
    BLOCK_SAMPLES,
    CLOCK_UUID,
    CONTROL_UUID,
    CURRENT_TIME_UUID,
    LOG_UUID,
    SAMPLES_UUID,
    SERIAL_NUMBER_UUID,
    SERVICE_UUID,
    STATUS_UUID,
    STREAM_UUID,
    TICK_HZ,
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
    RecordKind,
    SamplesPacket,
    SensorState,
    Status,
    StreamDescription,
    StreamTime,
    fragment,
)
from lumbar_sim import advertisement

DOCUMENT = (Path(__file__).parents[3] / "docs" / "gatt-profile.md").read_text(encoding="utf-8")

STREAM_ID = 0x0123456789ABCDEF
STREAM = StreamDescription(STREAM_ID, 104.0, 1 / 4096, 0.0, 8, Channels.ACC)
SAMPLES = np.array([[4096, 0, -1], [4000, -300, 512]], np.int16)
BLOCK = LogBlock(STREAM_ID, 70000, 2293760, SAMPLES)
GOLDEN = {
    "stream": STREAM,
    "samples": SamplesPacket(70000, 2293760, SAMPLES),
    "status": Status(87, SensorState.MEASURING, 60, 60, 70002),
    "clock": ClockReading(3, 4297261456),
    "set_rate": Command.set_rate(104.0),
    "set_range": Command.set_range(8),
    "set_time": Command.set_time(1795372496.5),
    "read_log": Command.read_log(STREAM_ID, 60, 4524),
    "free_log": Command.free_log(STREAM_ID, 70000),
    "result": CommandResult(Opcode.READ_LOG, ControlStatus.UNKNOWN_STREAM),
    "directory": DirectoryRecord(
        STREAM, 60, 60, 70002, StreamTime(3, 4275205671, 4194304, 1795372496500000)
    ),
    "block": BLOCK,
    "gap": LogGap(STREAM_ID, 0, 60, GapReason.OVERWRITTEN),
    "end": LogEnd(STREAM_ID, 60, 4524, 75),
}
OTHER_BYTES = {
    "advertising_data": advertisement.advertising_data("LB-3F2A91C0"),
    "scan_response_data": advertisement.scan_response_data("LB-3F2A91C0", 87),
    "fragments": b"".join(fragment(BLOCK, 20)),
}

# A line of an example: what it is, at least two spaces, hex bytes, perhaps the value in words.
LINE = re.compile(
    r"(?P<field>.+?) {2,}(?P<hex>[0-9a-f]{2}(?: [0-9a-f]{2})*)(?: {2,}(?P<value>.+))?"
)


def section(title: str) -> str:
    return DOCUMENT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def documented(name: str) -> list[re.Match[str]]:
    found = re.search(rf"^```golden {name}\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found is not None, f"no example {name}"
    lines = [LINE.fullmatch(line) for line in found[1].splitlines()]
    assert None not in lines
    return [line for line in lines if line is not None]


def documented_bytes(name: str) -> bytes:
    return bytes.fromhex(" ".join(line["hex"] for line in documented(name)))


def number(data: bytes, value: str) -> float:
    """Decode a field as what its documented value looks like."""
    if "." in value:
        return float(np.frombuffer(data, "<f4")[0])
    return int.from_bytes(data, "little")


def test_every_example_of_the_document_is_checked():
    assert set(re.findall(r"^```golden (\w+)$", DOCUMENT, re.MULTILINE)) == {
        *GOLDEN,
        *OTHER_BYTES,
    }


@pytest.mark.parametrize("name", GOLDEN)
def test_example_is_what_the_code_writes(name):
    assert documented_bytes(name) == bytes(GOLDEN[name])


@pytest.mark.parametrize("name", OTHER_BYTES)
def test_example_on_the_air_is_what_the_sensor_sends(name):
    assert documented_bytes(name) == OTHER_BYTES[name]


@pytest.mark.parametrize("name", GOLDEN)
def test_code_reads_the_example_back(name):
    decoded = type(GOLDEN[name]).from_bytes(documented_bytes(name))
    assert bytes(decoded) == documented_bytes(name)


@pytest.mark.parametrize("name", GOLDEN)
def test_values_beside_the_bytes_are_those_of_the_bytes_and_of_the_code(name):
    for line in documented(name):
        field, value = line["field"], line["value"]
        if value is None:
            continue
        data = bytes.fromhex(line["hex"])
        if " " in value:
            assert np.frombuffer(data, "<i2").tolist() == [int(part) for part in value.split()]
            continue
        stated = float(value) if "." in value else int(value, 0)
        assert number(data, value) == stated
        assert getattr(GOLDEN[name], field, stated) == stated


def test_fragments_are_put_together_to_the_block():
    assembler = LogAssembler()
    records = [assembler.push(bytes.fromhex(line["hex"])) for line in documented("fragments")]
    assert records[0] is None
    assert isinstance(records[1], LogBlock)
    assert bytes(records[1]) == bytes(BLOCK)


def test_uuids_are_those_of_the_code():
    base = re.search(r"`(4c42xxxx-[0-9a-f-]+)`", DOCUMENT)
    assert base is not None
    short = dict(re.findall(r"^\| ([\w ]+) \| `(\d{4})` \|", DOCUMENT, re.MULTILINE))
    assert {name: base[1].replace("xxxx", digits) for name, digits in short.items()} == {
        "Sensor service": SERVICE_UUID,
        "Stream": STREAM_UUID,
        "Samples": SAMPLES_UUID,
        "Control": CONTROL_UUID,
        "Log": LOG_UUID,
        "Status": STATUS_UUID,
        "Clock": CLOCK_UUID,
    }
    standard = dict(re.findall(r"^\| ([\w ]+) \| 0x([0-9A-F]{4}) \| read", DOCUMENT, re.MULTILINE))
    assert standard == {
        "Battery Level": BATTERY_LEVEL_UUID[4:8].upper(),
        "Current Time": CURRENT_TIME_UUID[4:8].upper(),
        "Serial Number String": SERIAL_NUMBER_UUID[4:8].upper(),
    }


def test_opcodes_statuses_states_and_kinds_are_those_of_the_code():
    opcodes = re.findall(r"^\| 0x([0-9A-F]{2}) \| (\w+) \|", DOCUMENT, re.MULTILINE)
    assert {name: int(code, 16) for code, name in opcodes} == {o.name: o for o in Opcode}
    statuses = re.findall(r"^\| (\d) ([A-Z_]+) \|", section("Control"), re.MULTILINE)
    assert {name: int(code) for code, name in statuses} == {s.name: s for s in ControlStatus}
    states = ", ".join(f"{state:d} {state.name.lower()}" for state in SensorState)
    assert f"| `state` | {states}:" in DOCUMENT
    reasons = re.findall(r"^\| (\d) ([A-Z_]+) \|", section("Log"), re.MULTILINE)
    assert {name: int(code) for code, name in reasons} == {r.name: r for r in GapReason}
    kinds = re.findall(r"\*\*Kind (\d), (\w+)\*\*", DOCUMENT)
    assert {name.upper(): int(kind) for kind, name in kinds} == {k.name: k for k in RecordKind}


def test_constants_in_the_text_are_those_of_the_code():
    assert f"counter of {TICK_HZ} Hz" in DOCUMENT
    assert f"up to {BLOCK_SAMPLES} consecutive samples" in DOCUMENT
    assert SamplesPacket.capacity(23 - 3, 3) == (23 - 17) // 6
    assert SamplesPacket.capacity(23 - 3, 6) == 0
    assert all(len(bytes(GOLDEN[name])) <= 20 for name in ("status", "read_log", "free_log"))
