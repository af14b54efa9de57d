"""Which movements a session has: whose turn it is, and what the body allows."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lumbar_server.programme.movement import Catalogue, Ladder, Movement, Need, Rung
from lumbar_server.programme.movement import Kind as MovementKind
from lumbar_server.programme.past import Choice, PastSession
from lumbar_server.programme.plan import Kind, Length
from lumbar_server.programme.screening import Caution

LONGEST_CARED_HOLD_S = 10.0
"""With high blood pressure nothing is held for longer (expert practice)."""
MIN_GAP = {
    MovementKind.STRENGTH: timedelta(hours=48),
    MovementKind.CONTROL: timedelta(hours=20),
    MovementKind.MOBILITY: timedelta(hours=12),
}
"""Between two times of the same work, from start to start."""
STRENGTH_A_WEEK = 3
_WEEK_OF_STRENGTH = timedelta(days=6, hours=12)  # three in it; people are not punctual
_NEVER = datetime.min.replace(tzinfo=UTC)

_LACKS = {
    Caution.JOINTS: frozenset({Need.ALL_FOURS, Need.KNEELING, Need.ON_FOREARMS}),
    Caution.HEAD_DOWN: frozenset({Need.HEAD_DOWN}),
}
_BECAUSE = {
    Caution.JOINTS: "your wrists, knees or shoulders trouble you",
    Caution.HEAD_DOWN: "you have reflux or glaucoma",
}


@dataclass(frozen=True, slots=True)
class Template:
    """Which ladders a session takes, line by line, and what may stand in."""

    lines: Mapping[tuple[Length, Kind], tuple[tuple[str, ...], ...]]
    swaps: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A ladder for a line, and why it is another than usual."""

    ladder: Ladder
    slot: str  # the ladder whose turn it is: what a person chooses is for this
    choice: Choice | None = None
    rule: str | None = None
    why: str | None = None


@functools.cache
def template() -> Template:
    """Return what sessions are made of."""
    text = (Path(__file__).parent / "plan.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    lines = {
        (length, kind): tuple(tuple(names) for names in read[length.value][kind.value]["lines"])
        for length in Length
        for kind in (Kind.STRENGTH, Kind.MOBILITY)
    }
    return Template(lines, {name: tuple(others) for name, others in read["swaps"].items()})


def last_done(ladder: Ladder, past: Sequence[PastSession]) -> datetime | None:
    """Return when any movement of a ladder was begun last, planned or not."""
    exercises = {rung.exercise for rung in ladder.rungs}
    return max((one.started_utc for one in past if exercises & one.exercises), default=None)


def next_strength(
    catalogue: Catalogue, past: Sequence[PastSession], now_utc: datetime
) -> datetime | None:
    """Return from when on strength work may be done again; None: now."""
    strong = {
        name for name, one in catalogue.movements.items() if one.kind is MovementKind.STRENGTH
    }
    times = [one.started_utc for one in past if strong & one.exercises]
    if not times:
        return None
    free_utc = times[-1] + MIN_GAP[MovementKind.STRENGTH]
    if len(times) >= STRENGTH_A_WEEK:
        free_utc = max(free_utc, times[-STRENGTH_A_WEEK] + _WEEK_OF_STRENGTH)
    return free_utc if free_utc > now_utc else None


def allowed_rungs(
    ladder: Ladder, catalogue: Catalogue, cautions: frozenset[Caution]
) -> tuple[int, ...]:
    """Return the rungs that the body allows, in order."""
    return tuple(
        n
        for n, rung in enumerate(ladder.rungs)
        if rung.exercise in catalogue.movements
        and _why_not(rung, catalogue.movements[rung.exercise], cautions) is None
    )


def choose(
    lines: Sequence[Sequence[str]],
    catalogue: Catalogue,
    past: Sequence[PastSession],
    cautions: frozenset[Caution],
    choices: Mapping[str, Choice],
    now_utc: datetime,
) -> list[Chosen]:
    """Return a ladder for each line; a line that nothing suits is left out.

    Parameters
    ----------
    lines
        The ladders that may be in each line.
    catalogue, past
        The data, and what was done, in order of time.
    cautions
        What the body asks for.
    choices
        What the person chose for today, by ladder.
    now_utc
        When the session would be.
    """
    free = {
        name: ladder
        for name, ladder in catalogue.ladders.items()
        if _is_rested(ladder, catalogue, past, now_utc)
    }
    chosen: list[Chosen] = []
    for names in lines:
        for one in chosen:
            free.pop(one.ladder.name, None)
        usual = _whose_turn([free[name] for name in names if name in free], past)
        if usual is not None:
            chosen += _settle(usual, free, catalogue, cautions, choices.get(usual.name))
    return chosen


def _settle(
    usual: Ladder,
    free: Mapping[str, Ladder],
    catalogue: Catalogue,
    cautions: frozenset[Caution],
    choice: Choice | None,
) -> list[Chosen]:
    others = [free[name] for name in template().swaps.get(usual.name, ()) if name in free]
    fit = [one for one in (usual, *others) if allowed_rungs(one, catalogue, cautions)]
    if not fit:
        return []
    is_swapped = choice is Choice.SWAP and len(fit) > 1
    ladder = fit[1] if is_swapped else fit[0]
    if choice is Choice.SWAP and not is_swapped:
        choice = None
    if is_swapped:
        why = f"In place of {name_of(fit[0], catalogue)}, as you chose"
        return [Chosen(ladder, usual.name, choice, "swap", why)]
    if ladder is not usual:
        first = usual.rungs[0]
        because = _why_not(first, catalogue.movements[first.exercise], cautions)
        why = f"In place of {name_of(usual, catalogue)}, because {because}"
        return [Chosen(ladder, usual.name, choice, "caution", why)]
    return [Chosen(usual, usual.name, choice)]


def name_of(ladder: Ladder, catalogue: Catalogue) -> str:
    """Return what a ladder is called in the middle of a sentence."""
    return catalogue.movements[ladder.rungs[ladder.start].exercise].name.lower()


def _whose_turn(ladders: Sequence[Ladder], past: Sequence[PastSession]) -> Ladder | None:
    return min(ladders, key=lambda one: last_done(one, past) or _NEVER, default=None)


def _is_rested(
    ladder: Ladder, catalogue: Catalogue, past: Sequence[PastSession], now_utc: datetime
) -> bool:
    """Tell whether there was enough time since a ladder was done; one without data never is."""
    movement = catalogue.movements.get(ladder.rungs[ladder.start].exercise)
    if movement is None:
        return False
    last_utc = last_done(ladder, past)
    return last_utc is None or now_utc - last_utc >= MIN_GAP[movement.kind]


def _why_not(rung: Rung, movement: Movement, cautions: frozenset[Caution]) -> str | None:
    for caution, needs in _LACKS.items():
        if caution in cautions and needs & movement.needs:
            return _BECAUSE[caution]
    if Caution.BLOOD_PRESSURE in cautions and Need.LONG_HOLD in movement.needs:
        hold_s = rung.dose.hold_s or 0.0
        return "your blood pressure is high" if hold_s > LONGEST_CARED_HOLD_S else None
    return None
