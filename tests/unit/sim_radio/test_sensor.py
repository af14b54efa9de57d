import numpy as np
import pytest

from lumbar_gateway.profiles.lumbar import (
    TICK_HZ,
    ClockReading,
    Command,
    CommandResult,
    ControlStatus,
    LogBlock,
    LogEnd,
    Opcode,
    SensorState,
    StreamTime,
)
from lumbar_sim import current_time
from lumbar_sim.crystal import Crystal
from lumbar_sim.flash_log import FlashLog
from lumbar_sim.measurement import Measurement
from lumbar_sim.sensor import Sensor


class Bench:
    """A sensor whose time stands still until told."""

    def __init__(self, measured: Measurement, *, clock_ppm: float = 0.0, at_s: float = 0.0) -> None:
        self.now_s = at_s
        crystal = Crystal(clock_ppm, lambda: self.now_s)
        rng = np.random.default_rng(3)
        self.sensor = Sensor("LB-0000002A", measured, crystal, rng, FlashLog())

    def execute(self, command: Command) -> CommandResult:
        return self.sensor.execute(bytes(command), busy=False)[0]


def measured(n: int, rate_hz: float = 100.0) -> Measurement:
    counts = np.arange(3 * n, dtype=np.int16).reshape(n, 3)
    return Measurement(np.arange(n), counts, rate_hz, 1 / 4096, 0.0, 8)


def test_sample_i_is_taken_i_periods_after_the_start():
    bench = Bench(measured(100))
    bench.now_s = 7.0
    bench.sensor.start()
    assert [len(run.samples) for run in bench.sensor.take_runs()] == [1]
    bench.now_s = 7.0949
    [run] = bench.sensor.take_runs()
    assert (run.first_index, len(run.samples)) == (1, 9)
    assert bench.sensor.status.next_index == 10


def test_a_fast_crystal_takes_samples_early_by_true_time():
    bench = Bench(measured(2000), clock_ppm=1000.0)
    bench.sensor.start()
    bench.now_s = 9.995
    assert sum(len(run.samples) for run in bench.sensor.take_runs()) == 1001


def test_ticks_count_by_the_crystal_and_wrap_after_32_bits():
    wrap_s = 2**32 / TICK_HZ
    bench = Bench(measured(100), at_s=wrap_s - 0.5)
    bench.sensor.start()
    assert bench.sensor.ticks_at(0) == 2**32 - TICK_HZ // 2
    assert bench.sensor.ticks_at(50) == 0


def test_clock_and_log_count_the_ticks_since_the_boot_beyond_32_bits():
    wrap_s = 2**32 / TICK_HZ
    bench = Bench(measured(100), at_s=wrap_s - 0.5)
    bench.execute(Command.set_time(1_750_000_000.25))
    bench.now_s += 0.25
    bench.sensor.start()
    bench.now_s += 0.5
    bench.sensor.take_runs()
    [record] = bench.sensor.flash_log.directory()
    assert bench.sensor.clock == ClockReading(1, 2**32 + TICK_HZ // 4)
    assert record.time == StreamTime(
        1, 2**32 - TICK_HZ // 4, 2**32 - TICK_HZ // 2, 1_750_000_000_250_000
    )


def test_newest_sample_is_there_a_tick_after_its_time():
    bench = Bench(measured(100), at_s=7.0)
    assert bench.sensor.sampled_s(7.3) == 7.3  # nothing is measured yet
    bench.now_s = 7.004
    bench.sensor.start()
    bench.now_s = bench.sensor.sampled_s(7.1)
    assert bench.now_s == pytest.approx(7.094, abs=1 / TICK_HZ)
    assert sum(len(run.samples) for run in bench.sensor.take_runs()) == 10


def test_finished_when_the_last_sample_is_taken_and_start_stays_without_effect():
    bench = Bench(measured(10))
    bench.sensor.start()
    bench.now_s = 1.0
    bench.sensor.take_runs()
    assert bench.sensor.state is SensorState.FINISHED
    assert bench.execute(Command(Opcode.START)).status is ControlStatus.OK
    assert bench.sensor.state is SensorState.FINISHED
    assert bench.sensor.status.next_index == 10


def test_samples_due_at_stop_are_taken_and_those_after_it_never_are():
    bench = Bench(measured(1000))
    bench.sensor.start()
    bench.now_s = 1.0
    bench.execute(Command(Opcode.STOP))
    assert sum(len(run.samples) for run in bench.sensor.take_runs()) == 101
    bench.now_s = 2.0
    assert bench.sensor.take_runs() == []
    bench.execute(Command(Opcode.START))
    bench.now_s = 2.1
    [run] = bench.sensor.take_runs()
    assert run.first_index == 201


def test_stream_ids_differ_from_boot_to_boot():
    crystal, rng = Crystal(), np.random.default_rng(1)
    ids = {
        Sensor("LB-00000001", measured(1), crystal, rng, FlashLog()).description.stream_id
        for _ in range(5)
    }
    assert len(ids) == 5


def test_a_block_read_while_it_grows_ends_where_the_stream_was():
    bench = Bench(measured(1000))
    bench.sensor.start()
    bench.now_s = 0.305
    bench.sensor.take_runs()
    stream_id = bench.sensor.description.stream_id
    _, answer = bench.sensor.execute(bytes(Command.read_log(stream_id, 0, 1000)), busy=False)
    assert answer is not None
    block = next(answer)
    assert isinstance(block, LogBlock)
    assert len(block.samples) == 31
    bench.now_s = 5.0
    bench.sensor.take_runs()
    assert list(answer) == [LogEnd(stream_id, 0, 31, 1)]


def test_the_clock_is_set_by_command_and_runs_on():
    bench = Bench(measured(10))
    assert bench.sensor.current_time == current_time.UNKNOWN
    bench.execute(Command.set_time(1_700_000_000.0))
    bench.now_s += 60.5
    assert current_time.decode(bench.sensor.current_time) == 1_700_000_060.5


@pytest.mark.parametrize("sensor_id", ["LB-123", "lb-00000001", "LB-0000000g", "XX-00000001"])
def test_a_malformed_sensor_id_is_refused(sensor_id):
    with pytest.raises(ValueError, match="LB- or SIM-"):
        Sensor(sensor_id, measured(1), Crystal(), np.random.default_rng(1), FlashLog())


def test_current_time_has_the_bytes_of_the_standard():
    # 2026-11-22 is a Sunday (7); half a second is 128/256.
    wall_s = 1_795_372_496.5
    data = current_time.encode(wall_s)
    assert data == bytes([0xEA, 0x07, 11, 22, 18, 34, 56, 7, 128, 0])
    assert current_time.decode(data) == wall_s


@pytest.mark.parametrize("data", [b"", current_time.UNKNOWN, b"\xff" * 10])
def test_what_is_no_date_is_refused(data):
    with pytest.raises(ValueError, match=r"bytes|range|must be|year"):
        current_time.decode(data)
