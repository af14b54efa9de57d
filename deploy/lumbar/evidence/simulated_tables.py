"""Tables of simulated figures: by exercise, by factor, in time, in everyday life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lumbar.evidence.markdown import (
    brief_spread,
    estimate,
    percent,
    rate,
    share,
    spoken,
    spread,
    table,
)
from lumbar.evidence.target_figures import Inclination
from lumbar.scoring import Figures, Score
from lumbar.scoring.measures import Share
from lumbar.scoring.vocabulary import FACTORS, OURS, UNKNOWN

_KEPT = (0.0, 0.5, 0.7, 0.9)  # confidences at which abstaining is shown


def recognition_by_exercise(score: Score) -> str:
    """Return how well sets are recognised and counted, exercise by exercise."""
    header = (
        "exercise",
        "sets done",
        "recall",
        "precision",
        "F1",
        "count exact",
        "count within one",
        "holds found",
    )
    return table(header, _exercise_rows(score))


def _exercise_rows(score: Score) -> Iterator[tuple[str, ...]]:
    for name, figures in score.by["exercise"].items():
        one = figures.recognition.classes[name]
        yield (
            spoken(name),
            str(one.recall.n),
            _percent(one.recall),
            _percent(one.precision),
            estimate(one.f1),
            _percent(figures.counting.exact),
            _percent(figures.counting.within_one),
            _percent(figures.holds.recall),
        )


def never_named(score: Score) -> tuple[str, ...]:
    """Return the exercises that were done and not once named, in their usual order."""
    classes = score.overall.recognition.classes
    names = (*OURS, UNKNOWN)
    return tuple(n for n in names if classes[n].recall.n and not classes[n].precision.n)


def timing_by_exercise(score: Score) -> str:
    """Return when repetitions and holds begin, peak and end, and how far they go."""
    header = (
        "exercise",
        "repetitions",
        "start, s",
        "peak, s",
        "end, s",
        "range, °",
        "count in a set",
        "holds",
        "duration, s",
    )
    return table(header, _timing_rows(score))


def _timing_rows(score: Score) -> Iterator[tuple[str, ...]]:
    for name, figures in score.by["exercise"].items():
        reps, held = figures.repetitions, figures.holds.duration_s
        if reps.start_s.n or held.n:
            yield (
                spoken(name),
                str(reps.start_s.n),
                brief_spread(reps.start_s),
                brief_spread(reps.peak_s),
                brief_spread(reps.end_s),
                brief_spread(reps.range_deg),
                brief_spread(figures.counting.error),
                str(held.n),
                brief_spread(held),
            )


def by_factor(score: Score) -> str:
    """Return the chief figures of every family of every factor."""
    header = (
        "factor",
        "family",
        "macro-F1 of sets",
        "count within one",
        "repetition start, s",
        "posture right",
        "false sets per hour",
    )
    return table(header, _factor_rows(score), left=2)


def _factor_rows(score: Score) -> Iterator[tuple[str, ...]]:
    for factor in FACTORS:
        if factor == "exercise":
            continue
        for name, figures in score.by[factor].items():
            yield (
                factor,
                spoken(name),
                estimate(figures.recognition.macro_f1),
                _percent(figures.counting.within_one),
                brief_spread(figures.repetitions.start_s),
                percent(figures.postures.accuracy.value),
                rate(figures.false_alarms.everyday_sets),
            )


def deviations(figures: Figures) -> str:
    """Return how often a deviation in exercise is told, by kind."""
    told = figures.deviations
    rows = [(spoken(kind), share(one)) for kind, one in told.sensitivity_by_kind.items()]
    rows.append(("all of 8° and more", share(told.sensitivity)))
    rows.append(("still holds left alone", share(told.specificity)))
    rows.append(("told after its start by", spread(told.delay_s)))
    return table(("deviation", "told (*simulated*)"), rows)


def inclination(overall: Inclination, by_hardware: Mapping[str, Inclination]) -> str:
    """Return the error of the forward inclination, by the sensor's hardware."""
    header = ("sensors (*simulated*)", "sessions", "still, °", "moving, °")
    named = {**{spoken(name): one for name, one in by_hardware.items()}, "**all**": overall}
    rows = [
        (name, str(one.sessions), spread(one.still_deg, "°"), spread(one.moving_deg, "°"))
        for name, one in named.items()
    ]
    return table(header, rows)


def everyday(figures: Figures) -> str:
    """Return the false sets in everyday life, by what was done."""
    rows = [
        (spoken(kind), rate(one))
        for kind, one in figures.false_alarms.everyday_sets_by_kind.items()
    ]
    rows.append(("**all**", rate(figures.false_alarms.everyday_sets)))
    return table(("everyday life", "false sets per hour (*simulated*)"), rows)


def foreign(figures: Figures) -> str:
    """Return how often foreign exercise is called one of the thirteen."""
    alarms = figures.false_alarms
    rows = [(spoken(kind), share(one)) for kind, one in alarms.foreign_called_ours_by_kind.items()]
    rows.append(("**all**", share(alarms.foreign_called_ours)))
    return table(("foreign exercise", "sets called one of the thirteen (*simulated*)"), rows)


def prior(free: Score, prescribed: Score) -> str:
    """Return the chief figures without and with the prescribed exercise as a prior."""
    rows = [
        (
            "macro-F1 of sets",
            *(estimate(s.overall.recognition.macro_f1) for s in (free, prescribed)),
        ),
        ("count within one", *(share(s.overall.counting.within_one) for s in (free, prescribed))),
        (
            "false sets per hour of everyday life",
            *(rate(s.overall.false_alarms.everyday_sets) for s in (free, prescribed)),
        ),
        (
            "foreign exercise called one of the thirteen",
            *(share(s.overall.false_alarms.foreign_called_ours) for s in (free, prescribed)),
        ),
    ]
    for name, figures in free.by["exercise"].items():
        told = prescribed.by["exercise"].get(name, figures)
        both = (figures.recognition.classes[name].f1, told.recognition.classes[name].f1)
        rows.append((f"F1 of {spoken(name)}", *(estimate(one) for one in both)))
    return table(("figure (*simulated*)", "nothing prescribed", "prescribed"), rows)


def abstention(figures: Figures) -> str:
    """Return what is left, and how much of it is wrong, where unsure sets are passed over."""
    rows = [
        (f"{one.threshold:.2f}", percent(one.coverage), percent(one.risk), str(one.n))
        for one in figures.confidence.set_abstention
        if any(abs(one.threshold - kept) < 1e-9 for kept in _KEPT)
    ]
    return table(("sets with at least this confidence", "left", "wrong", "n"), rows)


def live(figures: Figures) -> str:
    """Return what a wearer hears while moving."""
    heard = figures.live
    rows = [
        ("told after the repetition's true end by", spread(heard.delay_s)),
        ("taken back in the end", share(heard.retracted)),
        ("counted per hour of everyday life", rate(heard.everyday_repetitions)),
    ]
    return table(("counts heard live", "*simulated*"), rows)


def _percent(one: Share) -> str:
    return share(one, interval=False)
