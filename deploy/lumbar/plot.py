"""A picture of a trace and of what was found in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from lumbar.analysis_document import Document
from lumbar.analysis_tables import clock
from lumbar.body_angles import body_angles_deg
from lumbar.trace import Trace

POSTURE_COLOURS = {
    "upright": "#8ecae6",
    "leaning_forward": "#ffd166",
    "supine": "#b8a1d9",
    "prone": "#90be6d",
    "left_side": "#f4a6b8",
    "right_side": "#f7b787",
    "inverted": "#a98467",
    "unknown": "#dddddd",
}
_SAGITTAL, _LATERAL, _MAGNITUDE = "#1d3557", "#e07a1f", "#555555"
_SET_SHADE, _SET_BAR, _REPETITION = "#eef3f7", "#c3d3e0", "#457b9d"
_HOLD, _DEVIATION = "#2a9d8f", "#d62828"
_SIZE_INCH, _DPI = (14.0, 7.5), 120
_LANES = ("deviations", "holds", "repetitions", "sets")  # from the bottom up


def plot_analysis(trace: Trace, document: Document, path: Path) -> None:
    """Draw angles, acceleration, postures, sets and deviations over time into ``path`` (PNG)."""
    figure = Figure(figsize=_SIZE_INCH, dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    angles, magnitude, lanes, postures = figure.subplots(
        4, 1, sharex=True, height_ratios=[5, 2, 2.4, 0.5]
    )
    _draw_angles(angles, trace, document)
    _draw_magnitude(magnitude, trace)
    _draw_lanes(lanes, document)
    _draw_postures(postures, document)
    for axes in (angles, magnitude, lanes):
        _shade_sets(axes, document)
    postures.set_xlim(trace.t_s[0], trace.time_s(float(trace.index[-1]) + 1))
    postures.set_xlabel("time of the trace (min:s)")
    postures.xaxis.set_major_locator(MaxNLocator(14, steps=[1, 1.5, 2, 3, 5, 6, 10]))
    postures.xaxis.set_major_formatter(FuncFormatter(lambda t, _: clock(t).removesuffix(".0")))
    figure.suptitle(_title(trace, document), fontsize=12)
    figure.savefig(path, format="png")


def _title(trace: Trace, document: Document) -> str:
    recording, calibration = document["recording"], document["calibration"]
    source = calibration["source"]
    frame = "sensor's own axes" if source == "none" else f"body axes from {source}"
    return (
        f"{trace.name}: {clock(recording['duration_s'])} at {recording['sampling_rate_hz']:g} Hz, "
        f"{recording['coverage']:.1%} received, {frame}"
    )


def _draw_angles(axes: Axes, trace: Trace, document: Document) -> None:
    sagittal_deg, lateral_deg = body_angles_deg(trace, document["calibration"])
    axes.axhline(0, color="0.8", linewidth=0.8)
    axes.plot(*_broken_at_gaps(trace, sagittal_deg), color=_SAGITTAL, linewidth=1.1)
    axes.plot(*_broken_at_gaps(trace, lateral_deg), color=_LATERAL, linewidth=0.9)
    axes.set_ylabel("angle of gravity (°)")
    axes.yaxis.set_major_locator(MaxNLocator(9, steps=[1, 1.5, 3, 6, 10]))
    axes.grid(axis="y", color="0.93")
    curves = [
        Line2D([], [], color=_SAGITTAL, label="sagittal: 0 upright, +90 prone, -90 supine"),
        Line2D([], [], color=_LATERAL, label="lateral: +90 on the right side"),
    ]
    axes.legend(
        handles=curves,
        ncols=2,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        borderaxespad=0.2,
        fontsize=8,
        frameon=False,
    )


def _draw_magnitude(axes: Axes, trace: Trace) -> None:
    magnitude_g = np.linalg.norm(trace.acc_g, axis=1)
    axes.plot(*_broken_at_gaps(trace, magnitude_g), color=_MAGNITUDE, linewidth=0.6)
    axes.set_ylabel("|a| (g)")
    axes.grid(axis="y", color="0.93")


def _draw_lanes(axes: Axes, document: Document) -> None:
    axes.set_ylim(-0.5, len(_LANES) - 0.5)
    axes.set_yticks(range(len(_LANES)), _LANES)
    axes.tick_params(axis="y", length=0)
    deviations = list(document["deviations"])
    _bars(axes, "sets", document["sets"], _SET_BAR)
    for one in document["sets"]:
        deviations += one["deviations"]
        _bars(axes, "repetitions", one["repetitions"], _REPETITION)
        _bars(axes, "holds", one["holds"], _HOLD)
        peaks_s = [rep["peak_s"] for rep in one["repetitions"]]
        lane = [_LANES.index("repetitions")] * len(peaks_s)
        axes.plot(peaks_s, lane, "o", color="white", markersize=3, markeredgewidth=0)
        _name_set(axes, one)
    _bars(axes, "deviations", deviations, _DEVIATION)
    for one in deviations:
        label = f"{one['kind'].replace('_', ' ')} {one['peak_deg']:.0f}°"
        _label(axes, one["start_s"], _LANES.index("deviations") - 0.3, label, _DEVIATION)


def _name_set(axes: Axes, one: Document) -> None:
    name = one["exercise"].replace("_", " ")
    count = f": {len(one['repetitions'])}" if one["repetitions"] else ""
    held_s = sum(hold["duration_s"] for hold in one["holds"])
    held = f": {held_s:.0f} s" if one["holds"] else ""
    _label(axes, one["start_s"], _LANES.index("sets"), f" {name}{count}{held}", "black")


def _label(axes: Axes, start_s: float, height: float, text: str, colour: str) -> None:
    axes.text(start_s, height, text, color=colour, fontsize=8, va="center", clip_on=True)


def _bars(axes: Axes, lane: str, many: list[Document], colour: str) -> None:
    spans = [(one["start_s"], one["end_s"] - one["start_s"]) for one in many]
    low, height = (0.0, 0.25) if lane == "deviations" else (-0.28, 0.56)
    axes.broken_barh(
        spans,
        (_LANES.index(lane) + low, height),
        facecolor=colour,
        edgecolor="white",
        linewidth=0.8,
    )


def _shade_sets(axes: Axes, document: Document) -> None:
    for one in document["sets"]:
        axes.axvspan(one["start_s"], one["end_s"], color=_SET_SHADE, zorder=0)
        for deviation in one["deviations"]:
            axes.axvspan(
                deviation["start_s"], deviation["end_s"], color=_DEVIATION, alpha=0.12, zorder=0
            )


def _draw_postures(axes: Axes, document: Document) -> None:
    axes.set_ylim(0, 1)
    axes.set_yticks([0.5], ["posture"])
    axes.tick_params(axis="y", length=0)
    for one in document["postures"]:
        axes.axvspan(one["start_s"], one["end_s"], color=POSTURE_COLOURS[one["posture"]], lw=0)
    seen = dict.fromkeys(one["posture"] for one in document["postures"])
    patches = [Patch(color=POSTURE_COLOURS[name], label=name.replace("_", " ")) for name in seen]
    if patches:
        axes.legend(
            handles=patches,
            loc="upper center",
            bbox_to_anchor=(0.5, -1.6),
            ncols=len(patches),
            fontsize=8,
            frameon=False,
        )


def _broken_at_gaps(
    trace: Trace, values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Put a NaN into each gap, so that no line is drawn across it."""
    gaps = np.flatnonzero(np.diff(trace.index) > 1) + 1
    return np.insert(trace.t_s, gaps, np.nan), np.insert(values, gaps, np.nan)
