"""Whom to call, by time zone."""

from zoneinfo import available_timezones

import pytest

from lumbar_server.programme.emergency import _read, emergency_number


@pytest.mark.parametrize(
    ("zone", "number"),
    [
        ("Europe/Vienna", "112"),
        ("Europe/London", "999"),
        ("Europe/Dublin", "112"),
        ("America/New_York", "911"),
        ("America/Indiana/Knox", "911"),
        ("America/St_Johns", "911"),
        ("Australia/Lord_Howe", "000"),
        ("Pacific/Auckland", "111"),
        ("Asia/Tokyo", "119"),
    ],
)
def test_number_is_that_of_the_zone(zone: str, number: str) -> None:
    found = emergency_number(zone)
    assert (found.number, found.is_local) == (number, True)


@pytest.mark.parametrize("zone", ["UTC", "America/Sao_Paulo", "Africa/Lagos", "", "/", "Mars"])
def test_number_of_an_unknown_zone_is_the_one_of_mobile_phones(zone: str) -> None:
    found = emergency_number(zone)
    assert (found.number, found.is_local) == ("112", False)


def test_every_zone_of_the_table_is_one() -> None:
    names = available_timezones()
    regions = {f"{name.rpartition('/')[0]}/*" for name in names}
    by_zone, _ = _read()
    assert set(by_zone) <= names | regions
