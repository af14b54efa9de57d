"""Tables of the recordings: by place of the sensor, and one by one."""

from __future__ import annotations

from collections.abc import Sequence

from lumbar.evidence.markdown import NOTHING, spoken, table
from lumbar.evidence.recordings import Labelled, RecordingRow

BENDS = ("toe_touch_one_hand", "seated_trunk_flexion")  # forward, and back upright


def by_place(rows: Sequence[RecordingRow]) -> str:
    """Return what the recordings of each place of the sensor show together."""
    places = dict.fromkeys(row.place for row in rows)
    header = (
        "sensor place",
        "origin",
        "recordings",
        "minutes",
        "posture right, by labelled time",
        "labelled bends: counted",
        "other labelled repetitions: counted",
        "sets called one of the thirteen, falsely",
    )
    return table(
        header, [_summary([r for r in rows if r.place == place]) for place in places], left=2
    )


def _summary(rows: Sequence[RecordingRow]) -> tuple[str, ...]:
    labelled_s = sum(row.posture_s for row in rows)
    right_s = sum(row.posture_right_s for row in rows)
    movements = [one for row in rows for one in row.movements]
    return (
        rows[0].place,
        _origin(rows[0]),
        str(len(rows)),
        f"{sum(row.duration_s for row in rows) / 60:.1f}",
        f"{100 * right_s / labelled_s:.0f} % of {labelled_s / 60:.1f} min"
        if labelled_s
        else NOTHING,
        _counted([one for one in movements if one.movement in BENDS]),
        _counted([one for one in movements if one.movement not in BENDS]),
        str(sum(row.false_sets for row in rows)),
    )


def _counted(movements: Sequence[Labelled]) -> str:
    if not movements:
        return NOTHING
    return f"{sum(one.done for one in movements)}: {sum(one.counted for one in movements)}"


def one_by_one(rows: Sequence[RecordingRow]) -> str:
    """Return every recording by name."""
    header = (
        "recording",
        "sensor place",
        "origin",
        "s",
        "posture right",
        "labelled repetitions: counted",
        "sets found",
    )
    return table(header, [_detail(row) for row in rows], left=3)


def _detail(row: RecordingRow) -> tuple[str, ...]:
    right = f"{100 * row.posture_right_s / row.posture_s:.0f} %" if row.posture_s else NOTHING
    moved = [f"{spoken(one.movement)} {one.done}: {one.counted}" for one in row.movements]
    sets = [f"{n} {spoken(name)}" for name, n in row.sets.items()]
    return (
        row.name,
        row.place,
        _origin(row),
        f"{row.duration_s:.0f}",
        right,
        ", ".join(moved) or NOTHING,
        ", ".join(sets) or "none",
    )


def _origin(row: RecordingRow) -> str:
    return "worn by a person" if row.is_real else "computed from motion capture"
