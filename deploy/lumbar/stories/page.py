"""The page of the stories: its head, and one story after the other."""

from __future__ import annotations

from collections.abc import Sequence

from lumbar.stories.diary import Diary
from lumbar.stories.telling import told

_HEAD = """# Three stories

**Simulated people, simulated sensors.** What follows was not lived by anybody. Three invented
people follow the programme for three months, through the HTTP API and with a simulated sensor on;
how their backs answer is invented too, and no model of any real one. The programme is **not
clinically reviewed**, and nothing here says that it helps. The page is for reading: a
physiotherapist can judge from it whether the plan's decisions make sense. `make stories` wrote it;
nothing is entered by hand.

Sentences in “quotes” are the plan's own, of that day; what is not named of a session was set out
as the last time. *1, 3, 2 → usual* is discomfort before, at its worst during and after a session,
from 0 (none) to 10, and what was said the day after (usual, a bit more, clearly worse); a question
mark was not told. A dose such as 2 × 8, 3 s each is two sets of eight, each held for three seconds.
Days without an event are left out."""


def page(diaries: Sequence[Diary]) -> str:
    """Return the page in Markdown."""
    return "\n\n".join([_HEAD, *(told(one) for one in diaries)]) + "\n"
