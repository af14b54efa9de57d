"""Checks of parameters: the message names the parameter and what is allowed."""

from __future__ import annotations


def require(name: str, value: float, low: float, high: float) -> None:
    """Raise ``ValueError`` where ``value`` is not within ``low`` to ``high`` (NaN never is)."""
    if not low <= value <= high:
        raise ValueError(f"{name} is {value:g}: choose {low:g} to {high:g}")
