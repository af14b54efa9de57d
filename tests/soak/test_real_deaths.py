"""Twenty sensors stream while everything they depend on is killed; see ``make soak`` for more."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

import pytest

from soak_fate import until_kills
from soak_run import soak

KILLS = 10
SENSORS = 20


@pytest.mark.system
@pytest.mark.timeout(400)
@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
async def test_ten_kills_lose_and_double_nothing(tmp_path: Path, database: str) -> None:
    logging.getLogger("bumble").setLevel(logging.CRITICAL)  # of links that are lost on purpose
    seed = secrets.randbelow(10**6)
    print(f"again: make soak ARGS='--kills {KILLS} --database {database} --seed {seed}'")
    outcome = await soak(
        lambda drawn: until_kills(drawn, KILLS),
        seed=seed,
        sensors=SENSORS,
        with_server=database == "postgresql",
        folder=tmp_path,
        announce=print,
    )
    assert outcome.kills == KILLS
    assert outcome.problems == ()
