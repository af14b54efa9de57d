"""What one run has found: the figures behind the page, and what could not be measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lumbar.errors import LumbarError
from lumbar.evidence.recordings import RecordingRow
from lumbar.evidence.target_figures import TargetFigures
from lumbar.scoring import Score


class EvidenceError(LumbarError, ValueError):
    """Figures that may not be reported like this."""


@dataclass(frozen=True, slots=True)
class Absent:
    """A part that was not measured in this run."""

    reason: str


@dataclass(frozen=True, slots=True)
class Simulated:
    """Figures of simulated wearers.

    Raises ``EvidenceError`` for scores that are not simulated or not of reporting families alone.
    """

    families: Mapping[str, tuple[str, ...]]  # names by factor
    all: Score  # the detector knows nothing of what was set out to be done
    unprompted: Score  # the same, of the traces in which one exercise is prescribed
    prescribed: Score  # and it was told
    targets: TargetFigures

    def __post_init__(self) -> None:
        for score in (self.all, self.unprompted, self.prescribed):
            require_reporting(score)


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that the page tells."""

    detector_version: str
    parameters_sha256: str
    seed: int
    simulated: Simulated
    independent_body: Score | Absent
    recordings: tuple[RecordingRow, ...] | Absent


def require_reporting(score: Score) -> None:
    """Raise ``EvidenceError`` unless all is simulated from reporting families."""
    if not score.simulated or score.purpose != "reporting":
        raise EvidenceError(
            f"{score.traces} traces are of {score.purpose} families: a report takes simulated "
            "traces of reporting families only"
        )
