"""What the API shows, as the diary keeps it."""

from __future__ import annotations

from typing import Any

from lumbar.stories.diary import Decision, Plan
from lumbar.stories.line import Line


def plan_shown(plan: dict[str, Any]) -> Plan:
    """Take over a plan."""
    return Plan(
        plan["state"],
        plan["kind"],
        plan["length"],
        plan["why"],
        plan["minutes"],
        tuple(Line.of(one) for one in plan["lines"]),
        tuple(plan["assumptions"]),
        tuple(plan["held_back"]),
    )


def decision_shown(decision: dict[str, Any]) -> Decision:
    """Take over a decision."""
    return Decision(**{name: decision[name] for name in _DECIDED})


_DECIDED = ("session_id", "ladder", "name", "before", "after", "rule", "why", "at_utc")
