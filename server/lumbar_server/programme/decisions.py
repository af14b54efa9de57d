"""What changed the plan, and why: from what was set out each time to what was set out next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lumbar_server.programme.movement import Dose
from lumbar_server.programme.past import Choice
from lumbar_server.programme.plan import PlanLine


@dataclass(frozen=True, slots=True)
class SetOut:
    """What one session set out to do."""

    session_id: int
    at_utc: datetime
    lines: Sequence[PlanLine]


@dataclass(frozen=True, slots=True)
class Decision:
    """A line that was another than the last time on its ladder; the first time is one, too."""

    at_utc: datetime
    session_id: int
    ladder: str
    exercise: str
    before: str | None  # in words; None: the first time
    after: str
    rule: str
    why: str  # a sentence


def decisions_of(all_set_out: Iterable[SetOut]) -> list[Decision]:
    """Return what changed the plan, the first change first; sessions may come in any order."""
    found = []
    last: dict[str, PlanLine] = {}
    for one in sorted(all_set_out, key=lambda one: (one.at_utc, one.session_id)):
        for line in one.lines:
            before = last.get(line.ladder)
            if line.choice is Choice.SKIP:
                continue
            last[line.ladder] = line
            if before is None or _in_words(before) != _in_words(line):
                found.append(
                    Decision(
                        at_utc=one.at_utc,
                        session_id=one.session_id,
                        ladder=line.ladder,
                        exercise=line.exercise,
                        before=None if before is None else _in_words(before),
                        after=_in_words(line),
                        rule=line.rule,
                        why=line.why,
                    )
                )
    return found


def _in_words(line: PlanLine) -> str:
    return ", ".join(part for part in (_amount(line.dose), line.form, line.load) if part)


def _amount(dose: Dose) -> str:
    """Return how much: ``2 x 8``, ``3 x 15 s``, ``2 x 5 of 5 s each side``."""
    hold = None if dose.hold_s is None else f"{dose.hold_s:g} s"
    if dose.repetitions is None:
        each = hold or ""
    else:
        each = f"{dose.repetitions} of {hold}" if hold else f"{dose.repetitions}"
    return f"{dose.sets} x {each}" + (" each side" if dose.per_side else "")
