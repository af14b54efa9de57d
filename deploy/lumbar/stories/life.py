"""A life from its beginning: a home for one simulated person, and what they did there."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

from lumbar.stories.character import Character
from lumbar.stories.diary import Diary
from lumbar.stories.home import running_home
from lumbar.stories.living import DAYS, STARTED_ON, Living


def life_of(character: Character, folder: Path, days: int = DAYS) -> Diary:
    """Let somebody live for some days; the database is made in ``folder``."""
    started_s = datetime.combine(STARTED_ON, time(), UTC).timestamp()
    with running_home(folder, started_s) as home:
        return Living(character, home, days).run()
