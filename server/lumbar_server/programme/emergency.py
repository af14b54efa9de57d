"""Who to call in an emergency, by the time zone that somebody lives in."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    """What to dial."""

    number: str
    is_local: bool  # False: nothing is known of the zone, so the number is only likely


def emergency_number(time_zone: str) -> EmergencyNumber:
    """Return the number for a zone of the IANA database, such as ``Europe/Vienna``."""
    by_zone, default = _read()
    name, rest = time_zone, ""
    while name:
        found = by_zone.get(name + rest)
        if found is not None:
            return EmergencyNumber(found, is_local=True)
        name, rest = name.rpartition("/")[0], "/*"
    return EmergencyNumber(default, is_local=False)


@functools.cache
def _read() -> tuple[Mapping[str, str], str]:
    data = tomllib.loads(files(__package__).joinpath("emergency.toml").read_text("utf-8"))
    by_zone = {zone: number for number, zones in data["numbers"].items() for zone in zones}
    return by_zone, data["default"]
