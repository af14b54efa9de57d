"""What the HTTP API says of analyses: which there are, and how they differ."""

from __future__ import annotations

from pydantic import Field

from lumbar_server.analysis_difference import Difference
from lumbar_server.reanalysis import Outcome
from lumbar_server.schemas import Model


class AnalysisVersion(Model):
    """One version of the detector, applied to a stream."""

    id: int
    detector_version: str
    parameters_sha256: str
    current: bool = Field(description="What the session shows")


class ComparedSet(Model):
    """A set as one analysis found it. Times count from the session's start."""

    exercise: str
    start_s: float
    end_s: float
    repetitions: int
    holds: int
    confidence: float


class SetDifference(Model):
    """One set by two analyses."""

    difference: Difference = Field(description="Where renamed, its counts may differ, too")
    before: ComparedSet | None
    after: ComparedSet | None


class AnalysisDifference(Model):
    """How two analyses differ, as far as the session goes."""

    before_id: int
    after_id: int
    gained: int
    lost: int
    renamed: int
    recounted: int
    same: int
    sets: list[SetDifference] = Field(description="All sets, in order of time")


class StreamAnalyses(Model):
    """The analyses of one stream."""

    stream_id: str
    analyses: list[AnalysisVersion] = Field(description="The newest first")
    difference: AnalysisDifference | None = Field(
        description="Between those that were asked for, else the newest and the one before; null "
        "where there are no two"
    )


class SessionAnalyses(Model):
    """The analyses of a session's streams."""

    session_id: int
    streams: list[StreamAnalyses]


class ReanalysedStream(StreamAnalyses):
    """What became of one stream."""

    outcome: Outcome = Field(description="up_to_date: the present detector had looked last")
    reason: str | None = Field(description="Why it was left as it was")


class Reanalysis(Model):
    """What became of a session's streams."""

    session_id: int
    gone: bool = Field(
        description="Nothing is found in it any more and nobody had said anything of it, so that "
        "it was deleted; samples and older analyses are kept"
    )
    streams: list[ReanalysedStream]
