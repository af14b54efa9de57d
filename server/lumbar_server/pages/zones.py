"""The time zones that a wearer may choose from."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from zoneinfo import available_timezones


@functools.cache
def zones_by_region(chosen: str = "UTC") -> Mapping[str, tuple[str, ...]]:
    """Return the names of the IANA database by their first word; ``UTC`` comes first.

    Names of old that stand for others are left out, except for the one that was chosen.
    """
    regions: dict[str, list[str]] = {"": list(dict.fromkeys(["UTC", chosen]))}
    for name in sorted(available_timezones()):
        region, _, place = name.partition("/")
        if place and region not in _NOT_PLACES and name != chosen:
            regions.setdefault(region, []).append(name)
    return {region: tuple(names) for region, names in regions.items()}


_NOT_PLACES = ("Etc", "SystemV", "US", "Brazil", "Canada", "Chile", "Mexico", "posix", "right")
