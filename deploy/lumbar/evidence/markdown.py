"""Tables and figures in Markdown; every figure says how many things it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lumbar.scoring.measures import Estimate, Rate, Share, Spread

NOTHING = "-"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    """Return a table whose first ``left`` columns are words and whose others are figures.

    Raises ``ValueError`` for a row of another length than the header.
    """
    rule = [":--" if column < left else "--:" for column in range(len(header))]
    lines = [_line(header), _line(rule)]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"a row has {len(row)} cells, the header {len(header)}: {row}")
        lines.append(_line(row))
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def spoken(name: str) -> str:
    """Return a name as it is said: ``glute_bridge`` is glute bridge."""
    return name.replace("_", " ")


def number(value: float | None, form: str) -> str:
    """Return a value in a format, a dash for None."""
    return NOTHING if value is None else format(value, form)


def share(one: Share, *, interval: bool = True) -> str:
    """Return ``84 % (71 to 93, n 120)``."""
    if one.value is None:
        return NOTHING
    between = ""
    if interval and one.low is not None and one.high is not None:
        between = f"{100 * one.low:.0f} to {100 * one.high:.0f}, "
    return f"{100 * one.value:.0f} % ({between}n {one.n})"


def estimate(one: Estimate) -> str:
    """Return ``0.84 (0.71 to 0.93, n 120)``."""
    if one.value is None:
        return NOTHING
    known = one.low is not None and one.high is not None
    between = f"{one.low:.2f} to {one.high:.2f}, " if known else ""
    return f"{one.value:.2f} ({between}n {one.n})"


def spread(one: Spread, unit: str = "s") -> str:
    """Return ``+0.03, 95 % within 0.21 s (n 120)``."""
    if one.median is None:
        return NOTHING
    return f"{one.median:+.2f}, 95 % within {one.p95_abs:.2f} {unit} (n {one.n})"


def percent(value: float | None) -> str:
    """Return ``84 %``."""
    return NOTHING if value is None else f"{100 * value:.0f} %"


def brief_spread(one: Spread) -> str:
    """Return ``+0.03 (0.21)``: the median, and what 95 % of the sizes stay within."""
    return NOTHING if one.median is None else f"{one.median:+.2f} ({one.p95_abs:.2f})"


def rate(one: Rate) -> str:
    """Return ``0.21 (at most 0.34; 7 in 33.0 h)``."""
    if one.per_hour is None:
        return NOTHING
    return f"{one.per_hour:.2f} (at most {one.at_most_per_hour:.2f}; {one.n} in {one.hours:.1f} h)"
