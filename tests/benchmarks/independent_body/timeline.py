"""A performance in time: moves along movements and rests, and which of them are what."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np
from movement import Movement
from numpy.typing import NDArray
from tempo import Style, progress
from unrest import Level

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A move along a movement from one phase to another; a rest where they are equal."""

    start_s: float
    end_s: float
    movement: Movement
    from_phase: float
    to_phase: float
    style: Style

    def phase(self, time_s: float) -> float:
        """Return the phase at an instant."""
        share = (time_s - self.start_s) / (self.end_s - self.start_s)
        return self.from_phase + (self.to_phase - self.from_phase) * progress(self.style, share)

    def time_at(self, share_of_way: float) -> float:
        """Return when the move has done a share of its way (bisection)."""
        low, high = 0.0, 1.0
        for _ in range(40):
            middle = 0.5 * (low + high)
            low, high = (
                (middle, high) if progress(self.style, middle) < share_of_way else (low, middle)
            )
        return self.start_s + low * (self.end_s - self.start_s)


@dataclass(frozen=True, slots=True)
class Span:
    """An interval with a name."""

    kind: str
    start_s: float
    end_s: float


@dataclass(slots=True)
class Timeline:
    """Pieces one after the other; repetitions, holds and deviations by their planned borders."""

    style: Style
    pieces: list[Piece] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    repetitions: list[Span] = field(default_factory=list)
    holds: list[Span] = field(default_factory=list)
    deviations: list[Span] = field(default_factory=list)
    everyday: list[Span] = field(default_factory=list)

    @property
    def end_s(self) -> float:
        """When the last piece ends."""
        return self.pieces[-1].end_s if self.pieces else 0.0

    def move(
        self,
        movement: Movement,
        from_phase: float,
        to_phase: float,
        duration_s: float,
        level: tuple[float, float, float],
    ) -> Piece:
        """Append a piece and return it."""
        start_s = self.end_s
        self.levels.append(Level(start_s, *level))
        end_s = start_s + duration_s
        self.pieces.append(Piece(start_s, end_s, movement, from_phase, to_phase, self.style))
        return self.pieces[-1]

    def qpos(self, time_s: float) -> Array:
        """Return the planned pose at an instant, without unrest."""
        starts_s = [piece.start_s for piece in self.pieces]
        piece = self.pieces[max(bisect_right(starts_s, time_s) - 1, 0)]
        return piece.movement.qpos(piece.phase(time_s))
