"""What the settings say of how long samples are kept; what was found in them stays."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retention:
    """When samples are deleted without anybody asking; None: for that reason never."""

    keep_raw_days: float | None = None
    max_database_bytes: int | None = None


KEPT_FOR_GOOD = Retention()
"""The default: what a newer detector could be run on is not thrown away unasked (chosen)."""
