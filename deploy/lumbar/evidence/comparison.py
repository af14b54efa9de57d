"""The detector's simulated figures, each beside the best that others have published."""

from __future__ import annotations

from collections.abc import Iterator

from lumbar.evidence import literature
from lumbar.evidence.literature import Quantity
from lumbar.evidence.markdown import NOTHING, estimate, rate, share, spread, table
from lumbar.scoring import Figures
from lumbar.scoring.recognition import Confusion
from lumbar.scoring.vocabulary import NONE


def comparison(figures: Figures) -> str:
    """Return the table of chief figures."""
    header = ("figure", "lumbar, one at the lower back (*simulated*)", "best elsewhere", "by whom")
    return table(header, _rows(figures), left=4)


def own_figures(figures: Figures) -> str:
    """Return the chief figures alone."""
    return table(("figure", "*simulated*"), [(what, own) for what, own, *_ in _rows(figures)])


def studies() -> str:
    """Return the table of everything that it is compared with."""
    header = ("what", "study", "sensors", "people", "published")
    rows = [(s.quantity, s.name, s.sensors, s.people, s.figure) for s in literature.STUDIES]
    return table(header, rows, left=5)


def _rows(figures: Figures) -> Iterator[tuple[str, str, str, str]]:
    found, alarms = figures.recognition, figures.false_alarms
    both = f"found {share(found.found_at_all)}; true {share(found.true_at_all)}"
    deviations = figures.deviations
    plank = f"told {share(deviations.sensitivity)}; still holds left alone "
    edges = f"start {spread(figures.repetitions.start_s)}; end {spread(figures.repetitions.end_s)}"
    yield _row(
        "macro-F1 of sets, 13 exercises and unknown", estimate(found.macro_f1), "RECOGNITION"
    )
    yield _row("sets called by their right name", _called_right(found.confusion), "UNSEEN")
    yield _row("sets found at all, and found sets that are any", both, "FINDING")
    yield _row(
        "count within one, missed sets included", share(figures.counting.within_one), "COUNT"
    )
    yield _row("start and end of a repetition, found less true", edges, "TIMING")
    yield _row("deviations of 8° and more", plank + share(deviations.specificity), "PLANK")
    yield _row("posture right, by time", _posture(figures), "POSTURE")
    seldom = "seldom told by others"
    yield "false sets per hour of everyday life", rate(alarms.everyday_sets), NOTHING, seldom


def _row(what: str, own: str, quantity: str) -> tuple[str, str, str, str]:
    best = literature.best_of(Quantity[quantity])
    return what, own, best.figure, f"{best.name}; {best.sensors}; {best.people}"


def _called_right(confusion: Confusion) -> str:
    done = [i for i, name in enumerate(confusion.labels) if name != NONE]
    right = sum(confusion.counts[i][i] for i in done)
    total = sum(sum(confusion.counts[i]) for i in done)
    return f"{100 * right / total:.0f} % (n {total})" if total else NOTHING


def _posture(figures: Figures) -> str:
    accuracy = figures.postures.accuracy
    if accuracy.value is None:
        return NOTHING
    return f"{100 * accuracy.value:.0f} % of {accuracy.duration_s / 3600:.1f} h"
