"""The analysis as tables for people."""

from __future__ import annotations

from collections import defaultdict

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lumbar.analysis_document import Document


def print_tables(console: Console, trace_name: str, document: Document) -> None:
    """Print what was recorded, the sets, and the rest of the time."""
    console.print(_headline(trace_name, document), highlight=False, soft_wrap=True)
    if document["sets"]:
        console.print(_sets_table(document["sets"]))
    else:
        console.print("No set of exercise found.")
    for one in document["sets"]:
        _print_deviations(console, _spoken(one["exercise"]), one)
    console.print(f"Postures: {_postures(document)}", highlight=False)
    _print_deviations(console, "Outside exercise", document)


def clock(seconds: float) -> str:
    """Write a time of a trace as minutes and seconds, ``2:05.3``, or with hours, ``1:02:05.3``."""
    minutes, tenths = divmod(round(abs(seconds) * 10), 600)
    hours, minutes = divmod(minutes, 60)
    whole = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{'-' if seconds < 0 else ''}{whole}:{tenths / 10:04.1f}"


def _headline(trace_name: str, document: Document) -> str:
    recording, calibration = document["recording"], document["calibration"]
    mounted = {"none": "not calibrated"}.get(
        calibration["source"], f"calibrated from {calibration['source']}"
    )
    moved = ", [yellow]the sensor moved[/]" if calibration["moved"] else ""
    return (
        f"[bold]{escape(trace_name)}[/]  {clock(recording['duration_s'])} "
        f"at {recording['sampling_rate_hz']:g} Hz, {recording['coverage']:.1%} received, "
        f"{mounted}{moved}"
    )


def _sets_table(sets: list[Document]) -> Table:
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Exercise", no_wrap=True)
    for heading in ("From", "To", "Reps", "Range", "Held", "Confidence"):
        table.add_column(heading, justify="right")
    for one in sets:
        table.add_row(
            _spoken(one["exercise"]),
            clock(one["start_s"]),
            clock(one["end_s"]),
            str(len(one["repetitions"])) if one["repetitions"] else "",
            _ranges(one["repetitions"]),
            ", ".join(f"{hold['duration_s']:.0f} s" for hold in one["holds"]),
            f"{one['confidence']:.0%}",
        )
    return table


def _ranges(repetitions: list[Document]) -> str:
    ranges_deg = [f"{rep['range_deg']:.0f}" for rep in repetitions]
    if not ranges_deg:
        return ""
    low, high = min(ranges_deg, key=float), max(ranges_deg, key=float)
    return f"{low}°" if low == high else f"{low} to {high}°"


def _postures(document: Document) -> str:
    total_s: dict[str, float] = defaultdict(float)
    for one in document["postures"]:
        total_s[one["posture"]] += one["end_s"] - one["start_s"]
    longest_first = sorted(total_s.items(), key=lambda item: -item[1])
    return ", ".join(f"{_spoken(name)} {clock(s)}" for name, s in longest_first) or "none"


def _print_deviations(console: Console, owner_name: str, owner: Document) -> None:
    many = ", ".join(
        f"{_spoken(one['kind'])} {one['peak_deg']:.0f}° at {clock(one['start_s'])}"
        for one in owner["deviations"]
    )
    if many:
        console.print(f"[yellow]{owner_name}: {many}[/]", highlight=False, soft_wrap=True)


def _spoken(name: str) -> str:
    return name.replace("_", " ")
