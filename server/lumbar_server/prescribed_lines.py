"""Lines of a plan as they are kept with a session: plain values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from lumbar_server.programme.movement import Counting, Dose
from lumbar_server.programme.past import Choice
from lumbar_server.programme.plan import PlanLine


def plain_of(line: PlanLine) -> dict[str, Any]:
    """Return a line as JSON keeps it."""
    choice = None if line.choice is None else line.choice.value
    return {**asdict(line), "counting": line.counting.value, "choice": choice}


def line_of(plain: Mapping[str, Any]) -> PlanLine:
    """Return a line as it was set out."""
    choice = plain["choice"]
    values = {
        **plain,
        "dose": Dose(**plain["dose"]),
        "counting": Counting(plain["counting"]),
        "choice": None if choice is None else Choice(choice),
    }
    return PlanLine(**values)
