"""A line of the plan as the HTTP API shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Line:
    """What is set out of one movement, and why."""

    slot: str  # whose turn it was; another ladder may stand in
    ladder: str
    rung: int
    exercise: str
    name: str
    form: str
    load: str | None
    sets: int
    repetitions: int | None  # None: it is held
    hold_s: float | None
    per_side: bool
    rest_s: float
    repetition_s: float | None
    counting: str
    why: str
    rule: str
    change: str | None
    choice: str | None
    is_reduced: bool

    @classmethod
    def of(cls, shown: dict[str, Any]) -> Self:
        """Take over a line of a plan or a prescription."""
        dose = shown["dose"]
        return cls(
            **{name: shown[name] for name in _AS_SHOWN},
            sets=dose["sets"],
            repetitions=dose["repetitions"],
            hold_s=dose["hold_s"],
            per_side=dose["per_side"],
        )

    @property
    def is_left_out(self) -> bool:
        """Tell whether the person chose to do without it."""
        return self.choice == "skip"

    @property
    def dose(self) -> str:
        """The dose as people say it, such as *2 x 8 a side, 5 s each*."""
        side = " a side" if self.per_side else ""
        if self.repetitions is None:
            return f"{self.sets} × {self.hold_s:g} s{side}"
        held = f", {self.hold_s:g} s each" if self.hold_s else ""
        return f"{self.sets} × {self.repetitions}{side}{held}"

    @property
    def told(self) -> str:
        """The whole line as people say it."""
        form = "" if self.form in ("", self.name.lower()) else f" ({self.form})"
        load = f", {self.load}" if self.load else ""
        return f"{self.name.lower()}{form} {self.dose}{load}"

    def told_after(self, before: Line | None) -> str:
        """Return the line as people say it who remember how it was the last time."""
        is_same = before is not None and (before.form, before.load) == (self.form, self.load)
        return f"{self.name.lower()} {self.dose}" if is_same else self.told

    @property
    def work_s(self) -> float:
        """How long the work of it takes, rests left out."""
        sides = 2 if self.per_side else 1
        if self.repetitions is None:
            return self.sets * sides * (self.hold_s or 0.0)
        each_s = self.repetition_s or 4.0 + (self.hold_s or 0.0)
        return self.sets * sides * self.repetitions * each_s


_AS_SHOWN = (
    "slot",
    "ladder",
    "rung",
    "exercise",
    "name",
    "form",
    "load",
    "rest_s",
    "repetition_s",
    "counting",
    "why",
    "rule",
    "change",
    "choice",
    "is_reduced",
)
