"""A stretch of the signal for a plot and for the table beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sqlalchemy import Connection

from lumbar_server.record import Part
from lumbar_server.store import samples
from lumbar_server.thinned import Frame, Thinned, Vector, thinned

UPRIGHT = Frame((1.0, 0.0, 0.0), (0.0, 0.0, 1.0))
"""Where nothing is known of how the sensor sits."""


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A stretch in the table."""

    at_s: float
    up_g: tuple[float, float]  # the least and the most
    left_g: tuple[float, float]
    back_g: tuple[float, float]
    sagittal_deg: float | None
    lateral_deg: float | None


def signal_of(
    connection: Connection, part: Part, frame: Frame, start_s: float, end_s: float, points: int
) -> Thinned:
    """Return the samples between two times of the session, thinned."""
    first = max(part.first_index, math.floor(part.time.index(start_s)))
    end = max(first, min(part.end_index, math.ceil(part.time.index(end_s))))
    return thinned(
        samples.read(connection, part.stream_id, part.channels, first, end),
        first,
        end,
        points=points,
        g_per_step=part.g_per_step,
        sampling_rate_hz=part.sampling_rate_hz,
        frame=frame,
    )


def rows_of(found: Thinned, part: Part) -> list[SignalRow]:
    """Return the stretches that anything was received of."""
    rows = []
    for n, index in enumerate(found.index):
        if math.isnan(found.low_g[n, 0]):
            continue
        up_g, left_g, back_g = (
            (float(found.low_g[n, axis]), float(found.high_g[n, axis])) for axis in range(3)
        )
        angles_deg = [_known(float(a[n])) for a in (found.sagittal_deg, found.lateral_deg)]
        rows.append(SignalRow(part.time.s(float(index)), up_g, left_g, back_g, *angles_deg))
    return rows


def columns_of(found: Thinned, part: Part) -> dict[str, list[float | None]]:
    """Return the columns that a plot takes; null where nothing was received."""
    columns: dict[str, list[float | None]] = {
        "t_s": [round(part.time.s(float(index)), 4) for index in found.index]
    }
    for axis, name in enumerate(("up", "left", "back")):
        columns[f"{name}_low_g"] = [_known(float(g), 4) for g in found.low_g[:, axis]]
        columns[f"{name}_high_g"] = [_known(float(g), 4) for g in found.high_g[:, axis]]
    columns["sagittal_deg"] = [_known(float(deg), 2) for deg in found.sagittal_deg]
    columns["lateral_deg"] = [_known(float(deg), 2) for deg in found.lateral_deg]
    return columns


def frame_text(frame: Frame) -> str:
    """Return a frame as an address has it."""
    return ",".join(f"{value:.6f}" for value in (*frame.x, *frame.z))


def read_frame(text: str) -> Frame:
    """Return the frame of an address; raises ``ValueError``."""
    values = [float(one) for one in text.split(",")]
    if len(values) != 6 or not all(abs(value) <= 1.001 for value in values):
        raise ValueError(text)
    x, z = _vector(values[:3]), _vector(values[3:])
    return Frame(x, z)


def _vector(values: list[float]) -> Vector:
    x, y, z = values
    return x, y, z


def _known(value: float, digits: int = 1) -> float | None:
    return None if math.isnan(value) else round(value, digits)
