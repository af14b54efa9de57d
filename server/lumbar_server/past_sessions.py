"""What became of a plan: a recorded session as the rules of the programme see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from lumbar_server.prescribed_lines import line_of
from lumbar_server.programme.movement import Dose
from lumbar_server.programme.past import Choice, DoneLine, Felt, PastSession
from lumbar_server.programme.plan import PlanLine
from lumbar_server.record import RecordedSet, SessionRecord
from lumbar_server.store.blocks import BlockRow
from lumbar_server.store.next_days import NextDayRow
from lumbar_server.store.prescriptions import PrescriptionRow
from lumbar_server.store.stops import StopRow
from lumbar_signal.events import Exercise

CLEAR = 0.5
"""A repetition of less confidence was not seen clearly (chosen: as likely as not)."""
HELD_SHARE = 0.9
"""So much of the time set out makes a hold (chosen: people count faster than clocks)."""
FORGOTTEN = timedelta(hours=2)
"""Who stops so long after the last movement had forgotten to (chosen: no session is so long)."""
NO_CALIBRATION = "none"
"""What the detector calls it where it did not know how the sensor sat."""
_FELT_MORE = {Felt.SAME: 0, Felt.BIT_MORE: 1, Felt.TOO_MUCH: 2}
_WORST = 10


def past_of(
    record: SessionRecord,
    prescription: PrescriptionRow | None,
    blocks: Sequence[BlockRow],
    stop: StopRow | None,
    next_day: NextDayRow | None,
) -> PastSession | None:
    """Return a session as the rules see it; the wearer's word counts.

    None while it runs, where its wearer has hidden it, and where nothing was done or said in it.
    """
    if record.ended_utc is None or record.discarded:
        return None
    done = _exercises(record) | {block.exercise for block in blocks}
    if not done and stop is None and next_day is None:
        return None
    lines = () if prescription is None else prescription.lines
    return PastSession(
        id=record.id,
        started_utc=record.started_utc,
        ended_utc=_ended_utc(record, record.ended_utc, blocks),
        lines=tuple(
            _done_line(line_of(line), record, _felt(n, blocks)) for n, line in enumerate(lines)
        ),
        exercises=frozenset(done),
        before=record.comfort_before,
        during=_during(record, blocks, stop),
        after=record.comfort_after,
        next_day=None if next_day is None else next_day.answer,
        next_day_utc=None if next_day is None else next_day.at_utc,
        stop=None if stop is None else stop.reason,
        coverage=record.coverage,
        is_calibrated=_is_calibrated(record),
    )


def _ended_utc(record: SessionRecord, ended_utc: datetime, blocks: Iterable[BlockRow]) -> datetime:
    """Return when a session ended, also where nobody pressed STOP until much later."""
    signs = [record.started_utc + timedelta(seconds=one.end_s) for one in record.done]
    signs += [block.begun_utc for block in blocks]
    last_utc = max(signs, default=record.started_utc)
    return last_utc if ended_utc - last_utc > FORGOTTEN else ended_utc


def _exercises(record: SessionRecord) -> frozenset[str]:
    return frozenset(one.exercise for one in record.done) - {Exercise.UNKNOWN.value}


def _done_line(line: PlanLine, record: SessionRecord, felt: Felt | None) -> DoneLine:
    sets = [one for one in record.done if one.exercise == line.exercise]
    is_confirmed = any(_has_count(one) for one in sets)
    return DoneLine(
        ladder=line.ladder,
        rung=line.rung,
        exercise=line.exercise,
        form=line.form,
        choice=line.choice,
        is_reduced=line.is_reduced,
        why=line.why,
        done_share=0.0 if line.choice is Choice.SKIP else done_share(line.dose, sets),
        valid_share=1.0 if is_confirmed else _valid_share(sets),
        in_band_share=_in_band_share(sets),
        is_confirmed=is_confirmed,
        felt=felt,
    )


def done_share(dose: Dose, sets: Iterable[RecordedSet]) -> float:
    """Return how much of a dose was done, by volume; more than 1 where it was more."""
    if dose.repetitions is not None:
        done, wanted = sum(one.repetitions for one in sets), dose.repetitions
    else:
        least_s = HELD_SHARE * (dose.hold_s or 0.0)
        done, wanted = sum(hold_s >= least_s for one in sets for hold_s in one.holds_s), 1
    return done / (dose.sets * dose.sides * wanted)


def _has_count(one: RecordedSet) -> bool:
    said = one.correction
    return said is not None and (said.repetitions is not None or said.holds_s is not None)


def _valid_share(sets: Iterable[RecordedSet]) -> float | None:
    seen = [part for one in sets if one.detected for part in one.detected.repetitions]
    return sum(part.confidence >= CLEAR for part in seen) / len(seen) if seen else None


def _in_band_share(sets: Iterable[RecordedSet]) -> float | None:
    seen = [one.detected for one in sets if one.detected is not None]
    whole_s = sum(one.end_s - one.start_s for one in seen)
    if whole_s <= 0.0:
        return None
    outside_s = sum(
        end_s - start_s
        for one in seen
        for start_s, end_s in _joined(
            (max(span.start_s, one.start_s), min(span.end_s, one.end_s)) for span in one.deviations
        )
    )
    return 1.0 - outside_s / whole_s


def _joined(spans: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Yield spans that share no time: a back may sag and roll at once."""
    last_s = float("-inf")
    for start_s, end_s in sorted(spans):
        if end_s > max(start_s, last_s):
            yield max(start_s, last_s), end_s
            last_s = end_s


def _felt(line: int, blocks: Iterable[BlockRow]) -> Felt | None:
    """Return the worst that was said of a line, which may have been begun more than once."""
    said = [block.felt for block in blocks if block.line == line and block.felt is not None]
    return max(said, key=lambda felt: _FELT_MORE[felt], default=None)


def _during(record: SessionRecord, blocks: Iterable[BlockRow], stop: StopRow | None) -> int | None:
    """Return the worst during a session, of all that was said of it in any way."""
    said = [record.comfort_during, None if stop is None else stop.discomfort]
    if record.comfort_before is not None:
        felt = [block.felt for block in blocks if block.felt is not None]
        said += [min(_WORST, record.comfort_before + _FELT_MORE[one]) for one in felt]
    return max((one for one in said if one is not None), default=None)


def _is_calibrated(record: SessionRecord) -> bool | None:
    """Tell whether the detector knew how the sensor sat wherever it found something."""
    if not record.parts:
        return None
    with_sets = {one.detected.stream_id for one in record.sets if one.detected is not None}
    looked_at = [part for part in record.parts if part.stream_id in with_sets]
    return all(part.calibration not in (None, NO_CALIBRATION) for part in looked_at or record.parts)
