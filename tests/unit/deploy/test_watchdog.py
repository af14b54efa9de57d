"""When systemd's watchdog is fed, and when not."""

import pytest

from lumbar.watchdog import Watchdog

LIMITS_S = {"scanner": 100.0, "spool": 20.0}


class Program:
    """A program with two parts, and what systemd hears of it."""

    def __init__(self) -> None:
        self.rounds: dict[str, int] = {}
        self._heard: list[str] = []
        self._dog = Watchdog(LIMITS_S, lambda: self.rounds, self._heard.append)

    def heard_at(self, at_s: float) -> list[str]:
        self._heard.clear()
        self._dog.look(at_s)
        return list(self._heard)


def test_program_is_up_once_every_part_has_come_around() -> None:
    program = Program()
    assert program.heard_at(0.0) == []
    program.rounds = {"scanner": 0, "spool": 1}
    assert program.heard_at(50.0) == []
    program.rounds = {"scanner": 1, "spool": 2}
    assert program.heard_at(51.0) == ["READY=1", "WATCHDOG=1"]
    assert program.heard_at(52.0) == ["WATCHDOG=1"]


def test_part_that_stands_still_stops_the_feeding_until_it_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    program = Program()
    program.rounds = {"scanner": 1, "spool": 1}
    program.heard_at(0.0)
    program.rounds = {"scanner": 2, "spool": 1}
    assert program.heard_at(19.0) == ["WATCHDOG=1"]
    assert program.heard_at(21.0) == ["STATUS=no progress: spool"]
    assert program.heard_at(22.0) == []
    assert [record.getMessage() for record in caplog.records] == [
        "spool: no progress; systemd will restart the program"
    ]
    program.rounds = {"scanner": 2, "spool": 2}
    assert program.heard_at(23.0) == ["WATCHDOG=1"]


def test_each_part_has_its_own_patience() -> None:
    program = Program()
    program.rounds = {"scanner": 1, "spool": 1}
    program.heard_at(0.0)
    for at_s in range(10, 100, 10):
        program.rounds = {"scanner": 1, "spool": at_s}
        assert program.heard_at(float(at_s)) == ["WATCHDOG=1"]
    program.rounds = {"scanner": 1, "spool": 1000}
    assert program.heard_at(101.0) == ["STATUS=no progress: scanner"]
