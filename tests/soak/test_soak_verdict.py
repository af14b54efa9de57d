"""The soak's own judgement: it says so when a sample is missing, changed, invented or foreign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lumbar_gateway.messages import LostSamples
from lumbar_server.database import migrate, open_engine
from lumbar_server.ingest import Arrived, Ingest
from lumbar_sim.measurement import Measurement
from soak_fate import Fault, strokes, until_kills, until_time
from soak_sensors import Measured
from soak_verdict import judge
from stream_messages import START_S, PublishedStream
from synthetic_bridge import G_PER_STEP, bridge_samples

ONE = PublishedStream("SIM-00000001", 1, bridge_samples(3))
N = len(ONE.samples)
MEASURED = Measured(
    ONE.sensor_id,
    ONE.stream_id,
    Measurement(np.arange(N), ONE.samples, ONE.rate_hz, G_PER_STEP, 0.0, 4),
    started_s=START_S,
    s_per_sample=1 / ONE.rate_hz,
    was_told_time=True,
)


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., list[str]]:
    """Store messages, and judge."""
    url = f"sqlite:///{tmp_path / 'test.db'}"

    def store_and_judge(*messages: object, measured: Measured = MEASURED) -> list[str]:
        migrate(url)
        engine = open_engine(url)
        arrived = [Arrived(ONE.topic, bytes(message)) for message in messages]  # type: ignore[call-overload]
        Ingest(engine, lambda: START_S).commit(arrived)
        engine.dispose()
        return [*judge(url, [measured]).problems]

    return store_and_judge


def test_what_was_measured_is_right(found: Callable[..., list[str]]) -> None:
    assert found(*ONE.batches(100), ONE.end()) == []


def test_a_missing_sample_is_seen(found: Callable[..., list[str]]) -> None:
    lines = found(ONE.batch(0, 300), ONE.batch(301, N), ONE.end())
    assert any("1 are missing, the first is 300" in line for line in lines)


def test_a_changed_sample_is_seen(found: Callable[..., list[str]]) -> None:
    other = MEASURED.measurement.counts.copy()
    other[300] += 1
    measured = replace(MEASURED, measurement=replace(MEASURED.measurement, counts=other))
    (line, *_) = found(*ONE.batches(100), ONE.end(), measured=measured)
    assert "different=1" in line


def test_a_loss_that_the_sensor_never_declared_is_seen(found: Callable[..., list[str]]) -> None:
    lost = LostSamples(ONE.stream_id, 0, 60, "overwritten")
    messages = [lost, ONE.batch(60, N), ONE.end()]
    assert found(*messages, measured=replace(MEASURED, overwritten_below=60)) == []
    (line,) = found(*messages)
    assert "is called lost" in line


def test_a_wrong_time_is_seen(found: Callable[..., list[str]]) -> None:
    earlier = replace(MEASURED, started_s=START_S - 2)
    (line,) = found(*ONE.batches(100), ONE.end(), measured=earlier)
    assert line.endswith("its time is wrong by 2.000 s")
    assert found(measured=replace(earlier, was_told_time=False)) == []


def test_a_stream_that_nobody_measured_is_seen(found: Callable[..., list[str]]) -> None:
    other = replace(MEASURED, stream_id=2)
    lines = found(*ONE.batches(100), ONE.end(), measured=other)
    assert f"stream {ONE.key} was never measured" in lines
    assert any("nothing of it is there" in line for line in lines)


def test_a_seed_says_what_happens() -> None:
    def plan(seed: int) -> list[object]:
        return [*until_kills(strokes(np.random.default_rng(seed), 20, with_server=True), 50)]

    assert plan(1) == plan(1)
    assert plan(1) != plan(2)


def test_a_plan_ends_with_its_last_kill_or_with_its_time() -> None:
    drawn = strokes(np.random.default_rng(1), 20, with_server=False)
    plan = until_kills(drawn, 30)
    assert sum(one.fault.is_kill for one in plan) == 30
    assert plan[-1].fault.is_kill
    assert Fault.DATABASE not in {one.fault for one in plan}
    timed = until_time(strokes(np.random.default_rng(1), 20, with_server=True), 600.0)
    assert timed[-2].at_s < 600.0 <= timed[-1].at_s
    assert {one.fault for one in timed} == set(Fault)
