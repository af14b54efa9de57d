"""Blocks of guided sessions become a prescription by the clock of a stream."""

from dataclasses import replace

import pytest

from guided import CLOCK, block
from lumbar_server.prescribed import prescription_of
from lumbar_signal import Prescription
from lumbar_signal.events import Exercise

BRIDGE, CAT_COW = Exercise.GLUTE_BRIDGE, Exercise.CAT_COW


@pytest.mark.parametrize(
    ("lines", "changes"),
    [
        ([], ()),
        ([("glute_bridge", 1.0, 3.0)], ((50, BRIDGE), (150, None))),
        ([("glute_bridge", 1.1, 3.2)], ((50, BRIDGE), (150, None))),
        ([("glute_bridge", 1.0, None)], ((50, BRIDGE),)),
        ([("glute_bridge", -9.0, 3.0)], ((0, BRIDGE), (150, None))),
        ([("glute_bridge", -9.0, -3.0)], ()),
        ([("glute_bridge", 1.0, 1.1)], ()),
        ([("handstand", 1.0, 3.0), ("unknown", 5.0, None)], ()),
        (
            [("glute_bridge", 1.0, 3.0), ("cat_cow", 3.0, 5.0)],
            ((50, BRIDGE), (150, CAT_COW), (250, None)),
        ),
        ([("glute_bridge", 1.0, 9.0), ("cat_cow", 3.0, None)], ((50, BRIDGE), (150, CAT_COW))),
        (
            [("glute_bridge", 1.0, None), ("handstand", 3.0, 9.0), ("cat_cow", 8.0, 9.0)],
            ((50, BRIDGE), (150, None), (400, CAT_COW), (450, None)),
        ),
    ],
)
def test_blocks_become_samples_by_the_clock_of_the_stream(
    lines: list[tuple[str, float, float | None]],
    changes: tuple[tuple[int, Exercise | None], ...],
) -> None:
    assert prescription_of([block(*line) for line in lines], CLOCK) == Prescription(changes)


def test_a_better_fit_of_the_clock_seldom_moves_what_was_prescribed() -> None:
    lines = [block("glute_bridge", 1.1, 3.2)]
    moved = replace(CLOCK, wall_at_zero_s=CLOCK.wall_at_zero_s + 0.05)
    assert prescription_of(lines, moved) == prescription_of(lines, CLOCK)
