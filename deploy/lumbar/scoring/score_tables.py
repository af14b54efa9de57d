"""The score as tables for people."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from lumbar.scoring.measures import Estimate, Rate, Share, Spread
from lumbar.scoring.recognition import Recognition
from lumbar.scoring.score import Figures, Score
from lumbar.scoring.vocabulary import NONE, Factor

_NOTHING = "-"
_PURPOSES = {"none": "no family", "mixed": "development and reporting families mixed"}
_LEGEND = (
    "Exact, ±1: sets by their count of repetitions. Start, Held: errors of a repetition's start "
    "and a hold's duration in s, median and p95. Told, Alone: deviations of 8° and more, and still "
    "holds. False/h: sets in everyday life."
)
Row = tuple[str, str, str, str]  # what, value, interval or worst, n


def print_score(console: Console, result: Score, by: Factor | None) -> None:
    """Print all figures; then, where asked, the chief ones by factor."""
    console.print(_headline(result), highlight=False, soft_wrap=True)
    console.print(_figures_table(result.overall))
    console.print(_classes_table(result.overall.recognition))
    console.print(f"Mistaken: {_mistakes(result.overall.recognition)}", highlight=False)
    if by is not None:
        console.print(_repetitions_by(by, result.by[by]))
        console.print(_holds_by(by, result.by[by]))
        console.print(_LEGEND, highlight=False)


def _headline(result: Score) -> str:
    origin = "[yellow]Simulated[/]" if result.simulated else "Recorded"
    families = _PURPOSES.get(result.purpose, f"{result.purpose} families")
    return (
        f"[bold]{origin}[/], {families}: {result.traces} traces of {result.bodies} bodies, "
        f"{result.hours:.2f} h. Pairs overlap by half of their union or more."
    )


def _figures_table(figures: Figures) -> Table:
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Figure")
    table.add_column("Value", justify="right")
    table.add_column("95 % interval or p95", justify="right")
    table.add_column("n", justify="right")
    for heading, rows in _sections(figures):
        table.add_row(f"[bold]{heading}[/]")
        for what, value, beside, n in rows:
            table.add_row(f"  {what}", value, beside, n)
    return table


def _sections(figures: Figures) -> Iterator[tuple[str, list[Row]]]:
    found, counted, reps = figures.recognition, figures.counting, figures.repetitions
    yield (
        "Sets",
        [
            _estimate("macro-F1", found.macro_f1),
            _share("found, whatever called", found.found_at_all),
            _share("true, whatever called", found.true_at_all),
            _spread("start error", found.start_s, "s"),
            _spread("end error", found.end_s, "s"),
        ],
    )
    yield (
        "Repetitions",
        [
            _share("sets counted exactly", counted.exact),
            _share("sets counted within one", counted.within_one),
            _share("found", reps.recall),
            _share("true", reps.precision),
            _spread("start error", reps.start_s, "s"),
            _spread("peak error", reps.peak_s, "s"),
            _spread("end error", reps.end_s, "s"),
            _spread("range error", reps.range_deg, "°"),
        ],
    )
    yield (
        "Holds",
        [
            _share("found", figures.holds.recall),
            _share("true", figures.holds.precision),
            _spread("duration error", figures.holds.duration_s, "s"),
            _share("planks, not lying", figures.on_the_front.planks),
            _share("lying, not planks", figures.on_the_front.rests),
        ],
    )
    deviations, alarms = figures.deviations, figures.false_alarms
    yield (
        "Deviations in exercise",
        [
            _share("8° and more told", deviations.sensitivity),
            _share("still holds left alone", deviations.specificity),
            _spread("delay", deviations.delay_s, "s"),
            _share("told live in time", deviations.cued_in_time),
            _spread("delay of a cue", deviations.cue_delay_s, "s"),
        ],
    )
    yield (
        "False alarms",
        [
            _rate("sets in everyday life", alarms.everyday_sets),
            _share("foreign called ours", alarms.foreign_called_ours),
        ],
    )
    yield "Confidence, postures", _certainty_rows(figures)
    yield (
        "Live",
        [
            _share("counts retracted", figures.live.retracted),
            _spread("delay of a count", figures.live.delay_s, "s"),
            _rate("counts in everyday life", figures.live.everyday_repetitions),
        ],
    )


def _certainty_rows(figures: Figures) -> list[Row]:
    certainty, postures = figures.confidence, figures.postures.accuracy
    sets, reps, auroc = certainty.sets, certainty.repetitions, certainty.unknown_auroc
    return [
        _plain("calibration error, sets", sets.expected_calibration_error, sets.n),
        _plain("calibration error, reps", reps.expected_calibration_error, reps.n),
        _plain("AUROC of unknown", auroc.value, auroc.n),
        ("posture right, by time", _percent(postures.value), "", str(postures.n)),
    ]


def _classes_table(found: Recognition) -> Table:
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Sets called")
    for heading in ("Prec.", "of", "Recall", "of", "F1", "95 %"):
        table.add_column(heading, justify="right")
    for name, one in found.classes.items():
        if one.f1.n:
            table.add_row(
                _spoken(name),
                _percent(one.precision.value),
                str(one.precision.n),
                _percent(one.recall.value),
                str(one.recall.n),
                _number(one.f1.value, ".3f"),
                _interval(one.f1.low, one.f1.high, ".2f"),
            )
    return table


def _mistakes(found: Recognition) -> str:
    labels, counts = found.confusion.labels, found.confusion.counts
    wrong = [
        (counts[i][j], _mistake(true, called))
        for i, true in enumerate(labels)
        for j, called in enumerate(labels)
        if i != j and counts[i][j]
    ]
    most_first = sorted(wrong, key=lambda item: -item[0])
    return ", ".join(f"{words} {n}" for n, words in most_first) or "nothing"


def _mistake(true: str, called: str) -> str:
    if true == NONE:
        return f"{_spoken(called)} found where none was"
    if called == NONE:
        return f"{_spoken(true)} missed"
    return f"{_spoken(true)} called {_spoken(called)}"


def _repetitions_by(by: Factor, groups: dict[str, Figures]) -> Table:
    table = _compact_table(by, "F1", "of", "Exact", "±1", "of", "Start", "p95", "of")
    for name, one in groups.items():
        f1, counted, start_s = one.recognition.macro_f1, one.counting, one.repetitions.start_s
        table.add_row(
            _spoken(name),
            *(_number(f1.value, ".3f"), str(f1.n)),
            *(_percent(counted.exact.value), _percent(counted.within_one.value)),
            str(counted.exact.n),
            *_spread_cells(start_s),
        )
    return table


def _holds_by(by: Factor, groups: dict[str, Figures]) -> Table:
    table = _compact_table(by, "Held", "p95", "of", "Told", "of", "Alone", "of", "False/h", "in h")
    for name, one in groups.items():
        told, alone = one.deviations.sensitivity, one.deviations.specificity
        false_sets = one.false_alarms.everyday_sets
        table.add_row(
            _spoken(name),
            *_spread_cells(one.holds.duration_s),
            *(_percent(told.value), str(told.n), _percent(alone.value), str(alone.n)),
            *(_number(false_sets.per_hour, ".2f"), f"{false_sets.hours:.3g}"),
        )
    return table


def _compact_table(by: Factor, *headings: str) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(by.capitalize())
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _spread_cells(one: Spread) -> tuple[str, str, str]:
    return _number(one.median, "+.2f"), _number(one.p95_abs, ".2f"), str(one.n)


def _estimate(what: str, one: Estimate) -> Row:
    return what, _number(one.value, ".3f"), _interval(one.low, one.high, ".3f"), str(one.n)


def _share(what: str, one: Share) -> Row:
    return what, _percent(one.value), _interval(one.low, one.high, ".1%"), str(one.n)


def _spread(what: str, one: Spread, unit: str) -> Row:
    median = f"{_number(one.median, '+.2f')} {unit}" if one.n else _NOTHING
    p95 = f"p95 {_number(one.p95_abs, '.2f')} {unit}" if one.n else _NOTHING
    return what, median, p95, str(one.n)


def _rate(what: str, one: Rate) -> Row:
    value = f"{_number(one.per_hour, '.2f')} /h" if one.hours else _NOTHING
    bound = f"at most {_number(one.at_most_per_hour, '.2f')} /h" if one.hours else _NOTHING
    return what, value, bound, f"{one.n} in {one.hours:.3g} h"


def _plain(what: str, value: float | None, n: int) -> Row:
    return what, _number(value, ".3f"), "", str(n)


def _percent(value: float | None) -> str:
    return _number(value, ".1%")


def _number(value: float | None, form: str) -> str:
    return _NOTHING if value is None else format(value, form)


def _interval(low: float | None, high: float | None, form: str) -> str:
    return _NOTHING if low is None else f"{_number(low, form)} to {_number(high, form)}"


def _spoken(name: str) -> str:
    return name.replace("_", " ")
