"""Which kinds of foreign exercise were at hand while the detector was tuned, and which never."""

from __future__ import annotations

from typing import Final

# The development corpus has these alone; rules and numbers may have been chosen by them.
TUNED_WITH: Final = ("squat", "push_up", "sit_up")
NEVER_TUNED_WITH: Final = ("lunge", "cobra", "jumping_jack")
