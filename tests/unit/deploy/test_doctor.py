"""How the doctor judges what it sees."""

from pathlib import Path

import pytest

from gateway_streams import STREAM, packet
from lumbar.doctor.bluetooth import version_finding
from lumbar.doctor.clock import clock_finding, kernel_clock
from lumbar.doctor.disk import room_finding, spool_finding
from lumbar.doctor.finding import State
from lumbar_gateway.errors import SpoolError
from lumbar_gateway.spool import SpoolFile
from lumbar_gateway.spool_outlook import PACKET_BYTES, SpoolOutlook, look_ahead

GIB = 2**30


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("bluetoothctl: 5.66", State.OK),
        ("bluetoothctl: 5.55", State.OK),
        ("bluetoothctl: 5.50", State.FAILED),
        ("bluetoothctl: 4.101", State.FAILED),
        ("", State.NOTE),
    ],
)
def test_old_bluez_is_told(said: str, state: State) -> None:
    finding = version_finding(said, State.FAILED)
    assert finding.state is state
    assert ("upgrade to 5.55" in finding.remedy) == (state is State.FAILED)


def test_clock_that_runs_free_fails_a_gateway_only() -> None:
    assert clock_finding(0, 0.012, gateway=True).said == "synchronised within 12 ms"
    free = clock_finding(5, 16.0, gateway=True)
    assert (free.state, "timedatectl set-ntp true" in free.remedy) == (State.FAILED, True)
    assert clock_finding(5, 16.0, gateway=False).state is State.NOTE
    assert clock_finding(-1, 0.0, gateway=True).state is State.NOTE


def test_kernel_is_asked_for_its_clock() -> None:
    state, largest_error_s = kernel_clock()
    assert -1 <= state <= 5
    assert 0 <= largest_error_s < 3600


def test_little_room_is_told(tmp_path: Path) -> None:
    assert room_finding(tmp_path, 2 * 10**9).state is State.OK
    little = room_finding(tmp_path, 10**8)
    assert (little.state, "make room" in little.remedy) == (State.FAILED, True)


def test_spool_that_lasts_less_than_a_day_is_told() -> None:
    good = spool_finding(SpoolOutlook(10**6, 10**9, 3, 4350.0))
    assert good.state is State.OK
    assert good.said == (
        "1 MB waiting; without the server it would be full after 2 days 16 h with 3 sensors"
    )
    ample = spool_finding(SpoolOutlook(0, 10**10, 1, 1600.0))
    assert ample.said.endswith("1 sensor (samples of over 30 days are given up before)")
    bad = spool_finding(SpoolOutlook(10**9, 10**7, 1, 1450.0))
    assert (bad.state, "raise LUMBAR_GATEWAY_SPOOL_LIMIT_BYTES" in bad.remedy) == (
        State.FAILED,
        True,
    )


def test_outlook_of_a_spool_in_use_follows_its_sensors_and_its_room(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    file = SpoolFile(path)
    file.register(STREAM)
    file.append([packet(first, first + 5) for first in range(0, 5000, 5)])
    outlook = look_ahead(path, GIB, 10 * GIB)
    assert outlook.sensors == 1
    assert outlook.fill_bytes_per_s == 10 * PACKET_BYTES + 50 * 3 * 2
    assert 1000 * PACKET_BYTES < outlook.used_bytes < 2 * 1000 * (PACKET_BYTES + 30)
    assert outlook.used_bytes + outlook.room_bytes == GIB
    assert look_ahead(path, GIB, 5000).room_bytes < 5000 + 4096 * 4
    file.close_stream(STREAM.stream_id, 5000)
    assert look_ahead(path, GIB, GIB).fill_bytes_per_s == 1600.0  # as of one sensor at 100 Hz
    file.close()


def test_size_of_a_packet_in_the_spool_is_as_measured(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    file = SpoolFile(path)
    file.register(STREAM)
    n = 20_000
    file.append([packet(5 * number, 5 * number + 5) for number in range(n)])
    used = look_ahead(path, GIB, GIB).used_bytes
    file.close()
    assert used / n == pytest.approx(PACKET_BYTES + 5 * 6, rel=0.15)


def test_outlook_without_a_spool_is_of_one_sensor(tmp_path: Path) -> None:
    outlook = look_ahead(tmp_path / "spool.db", GIB, 10 * GIB)
    assert (outlook.used_bytes, outlook.room_bytes, outlook.sensors) == (0, GIB, 1)


def test_file_that_is_no_spool_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    path.write_bytes(b"something else entirely" * 100)
    with pytest.raises(SpoolError, match="cannot read the spool"):
        look_ahead(path, GIB, GIB)
