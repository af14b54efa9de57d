"""Compares one trace's analysis with its truth, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from lumbar.scoring.analysis_doc import AnalysisDoc, FoundSet
from lumbar.scoring.document_fields import PostureSpan
from lumbar.scoring.live_log import LiveCount, LiveCue, LiveEvent
from lumbar.scoring.observation import (
    AnswerRow,
    DeviationRow,
    EverydayRow,
    ForeignRow,
    FrontRow,
    HoldRow,
    LiveRow,
    Observation,
    PostureRow,
    RepetitionRow,
    SetRow,
    StillHoldRow,
)
from lumbar.scoring.seen import as_seen
from lumbar.scoring.span import Span, match
from lumbar.scoring.truth_document import Everyday, TrueDeviation, TrueRepetition, TrueSet, Truth
from lumbar.scoring.vocabulary import DEVIATIONS_IN_EXERCISE, NONE, OURS, PRONE_HOLD, UNKNOWN

# Told from here on; 7.1 to 7.5 deg is the repositioning error of people with back pain.
DEVIATION_FROM_DEG = 8.0
STILL_UP_TO_DEG = 4.0  # chosen: half of it; in between both answers are right
CUE_WITHIN_S = 2.5  # of the onset: what a wearer can still connect with what was done (chosen)
REST_FROM_S = 5.0  # shorter stays on the front are too short for a hold, so for a false one
_FAMILIES = ("body", "style", "placement", "hardware")
S = TypeVar("S", bound=Span)


def observe(
    truth: Truth, analysis: AnalysisDoc, live: Sequence[LiveEvent] | None = None
) -> Observation:
    """Return all rows of one trace; ``live`` is its live run's log where there was one."""
    truth = as_seen(truth)
    counts = None if live is None else [one for one in live if isinstance(one, LiveCount)]
    cues = None if live is None else [one for one in live if isinstance(one, LiveCue)]
    pairs = dict(match(truth.sets, analysis.sets))
    false_sets = _without(analysis.sets, pairs.values())
    families = {factor: getattr(truth.families, factor) for factor in _FAMILIES}
    return Observation(
        body_id=truth.body_id,
        families={factor: family.name for factor, family in families.items()},
        purposes=frozenset(family.purpose for family in families.values()),
        simulated=truth.simulated,
        duration_s=truth.recording.duration_s,
        sets=tuple(_set_rows(truth.sets, analysis.sets, pairs)),
        answers=tuple(_answer_rows(truth.sets, analysis.sets, pairs)),
        repetitions=tuple(_repetition_rows(truth.sets, analysis.sets)),
        holds=tuple(_hold_rows(truth.sets, analysis.sets)),
        deviations=tuple(_deviation_rows(truth.sets, analysis, cues)),
        still_holds=tuple(_still_hold_rows(truth.sets, analysis)),
        on_the_front=tuple(_front_rows(truth, analysis.sets)),
        everyday=tuple(_everyday_row(one, false_sets, counts) for one in truth.everyday),
        foreign=tuple(_foreign_rows(truth.sets, analysis.sets, pairs)),
        postures=tuple(_posture_row(one, analysis.postures) for one in truth.postures),
        live=tuple(_live_rows(truth.sets, analysis.sets, counts or ())),
    )


def _set_rows(
    true: Sequence[TrueSet], found: Sequence[FoundSet], pairs: dict[int, int]
) -> Iterator[SetRow]:
    for i, done in enumerate(true):
        if i not in pairs:
            yield SetRow(done.exercise, NONE, len(done.repetitions), 0)
            continue
        seen = found[pairs[i]]
        yield SetRow(
            done.exercise,
            seen.exercise,
            len(done.repetitions),
            len(seen.repetitions),
            seen.confidence,
            seen.start_s - done.start_s,
            seen.end_s - done.end_s,
        )
    for seen in _without(found, pairs.values()):
        yield SetRow(NONE, seen.exercise, 0, len(seen.repetitions), seen.confidence)


def _answer_rows(
    true: Sequence[TrueSet], found: Sequence[FoundSet], pairs: dict[int, int]
) -> Iterator[AnswerRow]:
    for i, done in enumerate(true):
        said = [_as_ours(one) for one in _said_of(i, done, found, pairs)]
        yield AnswerRow(done.exercise, done.kind, max(said, default=0.0))


def _as_ours(found: FoundSet) -> float:
    return 1.0 - found.confidence if found.exercise == UNKNOWN else found.confidence


def _said_of(
    i: int, done: TrueSet, found: Sequence[FoundSet], pairs: dict[int, int]
) -> list[FoundSet]:
    """Return the found set that matches a true one, and smaller ones within."""
    matched = pairs.get(i)
    return [one for j, one in enumerate(found) if j == matched or done.contains(one.middle_s)]


def _repetition_rows(true: Sequence[TrueSet], found: Sequence[FoundSet]) -> Iterator[RepetitionRow]:
    for exercise in OURS:
        done = [rep for one in true if one.exercise == exercise for rep in one.repetitions]
        seen = [rep for one in found if one.exercise == exercise for rep in one.repetitions]
        pairs = dict(match(done, seen))
        for i, rep in enumerate(done):
            if i not in pairs:
                yield RepetitionRow(exercise, is_true=True, confidence=None)
                continue
            counted = seen[pairs[i]]
            yield RepetitionRow(
                exercise,
                is_true=True,
                confidence=counted.confidence,
                start_error_s=counted.start_s - rep.start_s,
                peak_error_s=counted.peak_s - rep.peak_s,
                end_error_s=counted.end_s - rep.end_s,
                range_error_deg=counted.range_deg - rep.range_deg,
            )
        for counted in _without(seen, pairs.values()):
            yield RepetitionRow(exercise, is_true=False, confidence=counted.confidence)


def _hold_rows(true: Sequence[TrueSet], found: Sequence[FoundSet]) -> Iterator[HoldRow]:
    for exercise in OURS:
        done = [hold for one in true if one.exercise == exercise for hold in one.holds]
        seen = [hold for one in found if one.exercise == exercise for hold in one.holds]
        pairs = dict(match(done, seen))
        for i, hold in enumerate(done):
            if i in pairs:
                error_s = seen[pairs[i]].duration_s - hold.duration_s
                yield HoldRow(exercise, is_true=True, is_found=True, duration_error_s=error_s)
            else:
                yield HoldRow(exercise, is_true=True, is_found=False)
        for _ in _without(seen, pairs.values()):
            yield HoldRow(exercise, is_true=False, is_found=True)


def _deviation_rows(
    true: Sequence[TrueSet], analysis: AnalysisDoc, cues: Sequence[LiveCue] | None
) -> Iterator[DeviationRow]:
    told = analysis.all_deviations
    for one in _ours(true):
        for deviation in one.deviations:
            if deviation.peak_deg < DEVIATION_FROM_DEG:
                continue
            delays_s = [
                each.start_s - deviation.start_s
                for each in told
                if each.kind == deviation.kind and each.common_s(deviation) > 0
            ]
            yield DeviationRow(
                one.exercise,
                deviation.kind,
                min(delays_s, default=None),
                _cue_delay_s(deviation, cues or ()),
                has_live=cues is not None,
            )


def _cue_delay_s(deviation: TrueDeviation, cues: Sequence[LiveCue]) -> float | None:
    """Return how long after its start a deviation was first told, while it lasted or in time."""
    latest_s = max(deviation.end_s, deviation.start_s + CUE_WITHIN_S)
    heard_s = [
        cue.at_s
        for cue in cues
        if cue.kind == deviation.kind and deviation.start_s <= cue.at_s <= latest_s
    ]
    return min(heard_s) - deviation.start_s if heard_s else None


def _still_hold_rows(true: Sequence[TrueSet], analysis: AnalysisDoc) -> Iterator[StillHoldRow]:
    told = [each for each in analysis.all_deviations if each.kind in DEVIATIONS_IN_EXERCISE]
    for one in _ours(true):
        moved = [each for each in one.deviations if each.peak_deg > STILL_UP_TO_DEG]
        for hold in one.holds:
            if not _touches(hold, moved):
                yield StillHoldRow(one.exercise, is_silent=not _touches(hold, told))


def _front_rows(truth: Truth, found: Sequence[FoundSet]) -> Iterator[FrontRow]:
    """Look at each true plank on the forearms, and at each stay lying on the front."""
    held = [hold for one in found if one.exercise == PRONE_HOLD for hold in one.holds]
    for one in truth.sets:
        if one.exercise == PRONE_HOLD:
            for hold in one.holds:
                common_s = sum(each.common_s(hold) for each in held)
                yield FrontRow(is_plank=True, called_plank=common_s >= 0.5 * hold.length_s)
    for rest in _rests_on_the_front(truth):
        called = any(
            each.common_s(rest) >= 0.5 * min(each.length_s, rest.length_s) for each in held
        )
        yield FrontRow(is_plank=False, called_plank=called)


def _rests_on_the_front(truth: Truth) -> Iterator[Span]:
    prone = [one for one in truth.postures if one.posture == "prone"]
    for life in truth.everyday:
        for posture in prone if life.kind == "lying" else ():
            if life.common_s(posture) >= REST_FROM_S:
                yield Span(max(life.start_s, posture.start_s), min(life.end_s, posture.end_s))


def _everyday_row(
    life: Everyday, false_sets: Sequence[FoundSet], live: Sequence[LiveCount] | None
) -> EverydayRow:
    """Count what has its middle in this stretch, so that nothing is counted twice."""
    return EverydayRow(
        life.kind,
        life.length_s,
        sum(life.contains(one.middle_s) for one in false_sets),
        None if live is None else sum(life.contains(one.middle_s) for one in live),
    )


def _foreign_rows(
    true: Sequence[TrueSet], found: Sequence[FoundSet], pairs: dict[int, int]
) -> Iterator[ForeignRow]:
    """Look at the set that matches, and at smaller ones within."""
    for i, done in enumerate(true):
        if done.exercise == UNKNOWN:
            called = any(one.exercise in OURS for one in _said_of(i, done, found, pairs))
            yield ForeignRow(done.kind or "unnamed", called)


def _posture_row(true: PostureSpan, found: Sequence[PostureSpan]) -> PostureRow:
    right_s = sum(one.common_s(true) for one in found if one.posture == true.posture)
    return PostureRow(true.posture, true.length_s, right_s)


def _live_rows(
    true: Sequence[TrueSet], found: Sequence[FoundSet], live: Sequence[LiveCount]
) -> Iterator[LiveRow]:
    done: list[TrueRepetition] = [rep for one in _ours(true) for rep in one.repetitions]
    kept = [rep for one in found for rep in one.repetitions]
    true_of = {j: done[i] for i, j in match(done, live)}
    for j, counted in enumerate(live):
        rep = true_of.get(j)
        yield LiveRow(
            counted.exercise,
            is_retracted=not _touches(counted, kept),
            delay_s=counted.at_s - rep.end_s if rep else None,
        )


def _ours(sets: Sequence[TrueSet]) -> list[TrueSet]:
    return [one for one in sets if one.exercise in OURS]


def _touches(span: Span, others: Sequence[Span]) -> bool:
    return any(other.common_s(span) > 0 for other in others)


def _without(spans: Sequence[S], taken: Iterable[int]) -> list[S]:
    gone = set(taken)
    return [one for j, one in enumerate(spans) if j not in gone]
