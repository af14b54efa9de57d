"""The power goes while the spool commits: what was committed is there, and nothing twice."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from power_cut import cut_power


@pytest.mark.system
@pytest.mark.timeout(400)
def test_power_cuts_lose_and_double_nothing(tmp_path: Path) -> None:
    outcome = cut_power(tmp_path, boots=2, cuts=15, seed=secrets.randbelow(10**6), announce=print)
    assert outcome.commits > 100
    assert outcome.problems == ()
