"""The simulation finds what it is there to find, and replays exactly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crash_points import crash_points, reference
from lumbar_gateway.spool import SpoolFile
from play import play
from scenario import draw

HERE = Path(__file__).parent
SUPPORT = HERE.parent / "support"
A_SEED_WITH_DEATHS = 13  # two sensors, a reboot and a killed worker


@pytest.mark.parametrize("seed", range(1, 9))
def test_nothing_is_lost_or_doubled(seed: int) -> None:
    scenario = draw(seed)
    outcome = play(scenario)
    assert not outcome.problems, f"{scenario}\n{outcome.problems}"


def test_a_seed_replays_exactly_in_another_process() -> None:
    code = (
        "from play import play; from scenario import draw;"
        f"print(play(draw({A_SEED_WITH_DEATHS})).fingerprint)"
    )
    paths = [str(HERE), str(SUPPORT), *sys.path]
    environment = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(paths)}
    there = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == play(draw(A_SEED_WITH_DEATHS)).fingerprint


def test_every_border_of_a_process_is_a_crash_point() -> None:
    kinds = set(crash_points(reference(bridges=1)).kinds)
    assert {"gateway-0: before a commit", "gateway-0: after a commit"} <= kinds
    assert {"worker: before a commit", "worker: after a commit"} <= kinds
    assert "worker: before acknowledging a delivery" in kinds
    assert any(kind.startswith("gateway-0: before writing") for kind in kinds)
    assert any("publication on" in kind for kind in kinds)


def test_a_gateway_that_forgets_before_the_acknowledgement_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A spool that deletes what it has just stored loses it when the broker does."""
    append = SpoolFile.append

    def forgetful(spool: SpoolFile, packets, clocks=None):  # type: ignore[no-untyped-def]
        report = append(spool, packets, clocks or {})
        spool._db.execute("DELETE FROM packet WHERE rowid % 10 = 0")
        return report

    monkeypatch.setattr(SpoolFile, "append", forgetful)
    monkeypatch.setattr("play.PATIENCE_S", 60.0)
    assert play(reference(bridges=1)).problems
