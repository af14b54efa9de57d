"""The table of targets: what was measured beside what is wanted, and how far it is short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lumbar.evidence.findings import Absent, Findings
from lumbar.evidence.foreign_kinds import NEVER_TUNED_WITH, TUNED_WITH
from lumbar.evidence.markdown import NOTHING, number, spoken, table
from lumbar.evidence.recordings import RecordingRow
from lumbar.evidence.target_figures import COUNTED, FIVE
from lumbar.scoring import Figures, Score
from lumbar.scoring.confidence import Auroc, Reliability
from lumbar.scoring.measures import Estimate, Rate, Share, Spread
from lumbar.scoring.observe import CUE_WITHIN_S, DEVIATION_FROM_DEG, STILL_UP_TO_DEG

LIFE_HOURS = 1000.0  # so many hours bound a rate of 0.5 a day from above
DAY_H = 24.0
LOWER_BACK = "lower back"  # where the sensor of the open walking recordings was
Row = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure is wanted to be; ``apart`` is the unit of a difference."""

    limit: float
    is_most: bool = False
    unit: str = ""
    apart: str = ""
    scale: float = 1.0  # from the figure to what is written

    def __str__(self) -> str:
        """Return ``≥ 97 %``."""
        return f"{'≤' if self.is_most else '≥'} {self.limit * self.scale:g}{self.unit}"

    def verdict(self, value: float | None) -> str:
        """Return whether the value is there, or by how much it is not."""
        if value is None:
            return "not measured"
        short = (value - self.limit if self.is_most else self.limit - value) * self.scale
        if short <= 0:
            return "reached"
        written = f"{short:.0f}" if short >= 10 else f"{short:.2g}"
        return f"**short by {written}{self.apart or self.unit}**"


def _least(limit: float) -> Target:
    return Target(limit)


def _least_share(limit: float) -> Target:
    return Target(limit, unit=" %", apart=" points", scale=100.0)


def _most_share(limit: float) -> Target:
    return Target(limit, is_most=True, unit=" %", apart=" points", scale=100.0)


def _most(limit: float, unit: str) -> Target:
    return Target(limit, is_most=True, unit=unit)


def against_targets(findings: Findings) -> str:
    """Return the table of all targets."""
    header = ("quantity", "measured", "target", "")
    return table(header, _rows(findings), left=4)


def with_and_without_prior(findings: Findings) -> str:
    """Return F1 of the five exercises without and with the prescribed one as a prior."""
    free, told = findings.simulated.unprompted, findings.simulated.prescribed
    rows = [(spoken(name), _precise(_f1(free, name)), _precise(_f1(told, name))) for name in FIVE]
    return table(("F1 (*simulated*, same traces)", "nothing prescribed", "prescribed"), rows)


def _rows(findings: Findings) -> Iterator[Row]:
    yield from _recognition(findings)
    yield from _counting(findings)
    yield from _timing(findings)
    yield from _on_the_front(findings)
    yield from _deviations(findings)
    yield from _postures(findings)
    yield from _false_sets(findings)
    yield from _confidence(findings)
    yield from _inclination(findings)
    yield from _live(findings)


def _row(quantity: str, value: float | None, told: str, target: Target) -> Row:
    return quantity, told, str(target), target.verdict(value)


def _recognition(findings: Findings) -> Iterator[Row]:
    score, other = findings.simulated.all, findings.independent_body
    for name in FIVE:
        f1 = _f1(score, name)
        limit = 0.95 if name in ("cat_cow", "modified_deadlift") else 0.97
        yield _row(f"F1 of {spoken(name)}", f1.value, _precise(f1), _least(limit))
    for name in ("forearm_plank", "wall_plank", "glute_bridge"):
        quantity = f"F1 of {spoken(name)}, independent body"
        if isinstance(other, Absent):
            yield _row(quantity, None, NOTHING, _least(0.95))
        else:
            yield _row(quantity, _f1(other, name).value, _precise(_f1(other, name)), _least(0.95))
    called = score.overall.false_alarms.foreign_called_ours
    by_kind = score.overall.false_alarms.foreign_called_ours_by_kind
    kinds = ", ".join(f"{spoken(kind)} {_brief(one)}" for kind, one in by_kind.items())
    told = f"{_share(called)}: {kinds}" if kinds else _share(called)
    yield _row("foreign sets called one of ours", called.value, told, _most_share(0.01))


def _counting(findings: Findings) -> Iterator[Row]:
    for name in COUNTED:
        one = _figures_of(findings.simulated.all, name)
        if one is None:
            yield _row(f"count of {spoken(name)} exact", None, NOTHING, _least_share(0.97))
            continue
        counting = one.counting
        for what, share, found, limit in (
            ("exact", counting.exact, counting.exact_of_found, 0.97),
            ("within one", counting.within_one, counting.within_one_of_found, 0.995),
        ):
            told = f"{_share(share)}; of the found sets {_share(found)}"
            yield _row(f"count of {spoken(name)} {what}", share.value, told, _least_share(limit))


def _timing(findings: Findings) -> Iterator[Row]:
    reps, planks = findings.simulated.targets.five.repetitions, findings.simulated.targets.planks
    for what, error in (("start", reps.start_s), ("end", reps.end_s)):
        quantity = f"{what} of a matched repetition, error"
        yield _row(f"{quantity}, median", error.median_abs, _median(error, "s"), _most(0.10, " s"))
        yield _row(f"{quantity}, p95", error.p95_abs, _p95(error, "s"), _most(0.30, " s"))
    held = planks.holds.duration_s
    what = "duration of a plank on the forearms or at the wall, error, p95"
    yield _row(what, held.p95_abs, _p95(held, "s"), _most(0.50, " s"))


def _on_the_front(findings: Findings) -> Iterator[Row]:
    one = findings.simulated.all.overall.on_the_front
    balanced = NOTHING if one.balanced is None else f"{100 * one.balanced:.1f} %"
    told = (
        f"{balanced}: planks called a plank {_share(one.planks)}; stays lying on the front "
        f"not called one {_share(one.rests)}"
    )
    yield _row("plank against prone rest, mean right", one.balanced, told, _least_share(0.98))


def _deviations(findings: Findings) -> Iterator[Row]:
    swayed, planks = findings.simulated.targets.sag_or_pike, findings.simulated.targets.planks
    found, silent, cue = swayed.sensitivity, planks.deviations.specificity, planks.deviations
    what = f"sag or pike of {DEVIATION_FROM_DEG:.0f}° or more in a plank found"
    yield _row(what, found.value, _share(found), _least_share(0.95))
    what = f"planks with nothing above {STILL_UP_TO_DEG:.0f}° in which nothing is told"
    yield _row(what, silent.value, _share(silent), _least_share(0.97))
    told = (
        f"{_median_and_p95(cue.cue_delay_s, 's')}; heard within {CUE_WITHIN_S:g} s "
        f"{_share(cue.cued_in_time)}"
    )
    what = "cue of a deviation in a plank, heard live, after its onset (10 % of its size), p95"
    yield _row(what, cue.cue_delay_s.p95_abs, told, _most(CUE_WITHIN_S, " s"))


def _postures(findings: Findings) -> Iterator[Row]:
    one = findings.simulated.all.overall.postures.accuracy
    told = NOTHING if one.value is None else f"{100 * one.value:.2f} % of {_hours(one.duration_s)}"
    yield _row("posture right, by time", one.value, told, _least_share(0.998))
    rows = findings.recordings
    if isinstance(rows, Absent):
        yield _row("posture right, *real recordings*", None, NOTHING, _least_share(0.99))
        return
    worn = [row for row in rows if row.is_real]
    yield _recorded_posture("posture right, *real recordings*, labelled time", worn)
    back = [row for row in worn if row.place == LOWER_BACK]
    yield _recorded_posture("posture right, *those of them at the lower back*", back)


def _recorded_posture(quantity: str, rows: list[RecordingRow]) -> Row:
    labelled_s = sum(row.posture_s for row in rows)
    if not labelled_s:
        return _row(quantity, None, NOTHING, _least_share(0.99))
    right = sum(row.posture_right_s for row in rows) / labelled_s
    told = f"{100 * right:.1f} % of {labelled_s / 60:.1f} min in {len(rows)} recordings"
    return _row(quantity, right, told, _least_share(0.99))


def _false_sets(findings: Findings) -> Iterator[Row]:
    alone = findings.simulated.targets.everyday_sets
    among = findings.simulated.all.overall.false_alarms.everyday_sets
    daily = None if alone.per_hour is None else DAY_H * alone.per_hour
    yield _row("false sets in everyday life", daily, _daily(alone), _most(0.5, " per 24 h"))
    hours = Target(LIFE_HOURS, unit=" h")
    yield _row("hours of everyday life simulated", alone.hours, f"{alone.hours:.0f} h", hours)
    what = "the same, with rests and ways within workouts"
    yield what, _daily(among), NOTHING, NOTHING
    rows = findings.recordings
    what, none = "sets of any kind in the *open walking recordings*", _most(0, "")
    if isinstance(rows, Absent):
        yield _row(what, None, NOTHING, none)
        return
    walked = [row for row in rows if row.is_real and row.place == LOWER_BACK]
    sets = sum(sum(row.sets.values()) for row in walked)
    minutes = sum(row.duration_s for row in walked) / 60
    told = f"{sets} in {len(walked)} recordings, {minutes:.1f} min"
    yield _row(what, float(sets) if walked else None, told, none)


def _confidence(findings: Findings) -> Iterator[Row]:
    one = findings.simulated.all.overall.confidence
    for what, curve in (("sets", one.sets), ("repetitions", one.repetitions)):
        error = curve.expected_calibration_error
        yield _row(f"calibration error of {what}", error, _calibration(curve), _most(0.05, ""))
    targets = findings.simulated.targets
    never = f"kinds never used in tuning: {_spoken(NEVER_TUNED_WITH)}"
    for what, auroc in (
        ("all foreign kinds", one.unknown_auroc),
        (f"{never}; told from all thirteen", targets.auroc_never_tuned),
        (f"{never}; told from the five", targets.auroc_five),
    ):
        yield _row(f"AUROC of unknown, {what}", auroc.value, _auroc(auroc), _least(0.95))


def _inclination(findings: Findings) -> Iterator[Row]:
    one = findings.simulated.targets.inclination
    for what, error, limit in (
        ("still", one.still_deg, 1.0),
        ("moving", one.moving_deg, 4.0),
    ):
        told = f"{_p95(error, '°')} in {one.sessions} sessions" if error.n else NOTHING
        quantity = f"inclination after calibration, {what}, error, p95"
        yield _row(quantity, error.p95_abs, told, _most(limit, "°"))


def _live(findings: Findings) -> Iterator[Row]:
    one = findings.simulated.all.overall.live
    for what, value, limit in (
        ("median", one.delay_s.median, 0.5),
        ("p95", one.delay_s.p95_abs, 0.8),
    ):
        quantity = f"count heard live after the repetition's true end, {what}"
        yield _row(quantity, value, _median_and_p95(one.delay_s, "s"), _most(limit, " s"))
    told = _share(one.retracted)
    yield _row("counts heard live, taken back later", one.retracted.value, told, _most_share(0.02))


def kinds_in_tuning() -> str:
    """Return the sentence that names the foreign kinds used in tuning, and those never used."""
    return (
        f"Of foreign exercise, {_spoken(TUNED_WITH)} were at hand while the detector was tuned; "
        f"{_spoken(NEVER_TUNED_WITH)} never were."
    )


def _f1(score: Score, name: str) -> Estimate:
    return score.overall.recognition.classes[name].f1


def _figures_of(score: Score, name: str) -> Figures | None:
    return score.by["exercise"].get(name)


def _spoken(names: tuple[str, ...]) -> str:
    return ", ".join(spoken(name) for name in names)


def _precise(one: Estimate) -> str:
    if one.value is None:
        return NOTHING
    known = one.low is not None and one.high is not None
    between = f"{one.low:.3f} to {one.high:.3f}, " if known else ""
    return f"{one.value:.3f} ({between}n {one.n})"


def _share(one: Share) -> str:
    if one.value is None:
        return NOTHING
    known = one.low is not None and one.high is not None
    between = f"{100 * (one.low or 0):.1f} to {100 * (one.high or 0):.1f}, " if known else ""
    return f"{100 * one.value:.1f} % ({between}n {one.n})"


def _brief(one: Share) -> str:
    return f"{one.hits} of {one.n}"


def _median(one: Spread, unit: str) -> str:
    return NOTHING if one.median_abs is None else f"{one.median_abs:.3f} {unit} (n {one.n})"


def _p95(one: Spread, unit: str) -> str:
    return NOTHING if one.p95_abs is None else f"{one.p95_abs:.2f} {unit} (n {one.n})"


def _median_and_p95(one: Spread, unit: str) -> str:
    if one.median is None:
        return NOTHING
    return f"median {one.median:.2f} {unit}, p95 {one.p95_abs:.2f} {unit} (n {one.n})"


def _daily(one: Rate) -> str:
    if one.per_hour is None or one.at_most_per_hour is None:
        return NOTHING
    most = DAY_H * one.at_most_per_hour
    return f"{DAY_H * one.per_hour:.2f} per 24 h (at most {most:.2f}; {one.n} in {one.hours:.1f} h)"


def _calibration(one: Reliability) -> str:
    error = one.expected_calibration_error
    return NOTHING if error is None else f"{error:.3f} (n {one.n})"


def _auroc(one: Auroc) -> str:
    if one.value is None:
        return NOTHING
    between = f"{number(one.low, '.3f')} to {number(one.high, '.3f')}, "
    return f"{one.value:.3f} ({between}{one.n_foreign} foreign sets of {one.n})"


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h"
