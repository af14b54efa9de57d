"""What truth and analysis documents have alike."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from lumbar.scoring.span import Span
from lumbar.scoring.vocabulary import Posture

Angle = Annotated[float, Field(ge=0, le=180)]
Duration = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, le=1)]
_ROUNDING_S = 1e-3  # chosen: far below what any figure resolves


@dataclass(frozen=True, slots=True)
class Hold(Span):
    """A posture held still."""

    duration_s: Duration


@dataclass(frozen=True, slots=True)
class PostureSpan(Span):
    """A stretch of one posture."""

    posture: Posture


def check_apart(name: str, spans: Sequence[Span]) -> None:
    """Raise ``ValueError`` where two spans overlap by more than the rounding of written times."""
    ordered = sorted(enumerate(spans), key=lambda item: item[1].start_s)
    for (i, before), (j, after) in itertools.pairwise(ordered):
        if after.start_s < before.end_s - _ROUNDING_S:
            raise ValueError(f"{name}[{j}] begins before {name}[{i}] ends")
