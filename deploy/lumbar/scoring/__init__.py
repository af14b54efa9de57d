"""Scores any program that prints ``lumbar.analysis/1`` against ``lumbar.truth/1``.

Documents in, figures out: ``score(pairs, rng=...)``. Nothing here knows the detector or the
simulator, save ``live_run``, which makes the log of a live run.
"""

from lumbar.scoring.analysis_doc import AnalysisDoc
from lumbar.scoring.document_files import (
    DocumentError,
    analysis_of,
    read_analyses,
    read_live_log,
    read_truths,
    truth_of,
)
from lumbar.scoring.live_log import LiveCount, LiveCue, LiveEvent
from lumbar.scoring.score import Figures, Score, score
from lumbar.scoring.truth_document import Truth

__all__ = [
    "AnalysisDoc",
    "DocumentError",
    "Figures",
    "LiveCount",
    "LiveCue",
    "LiveEvent",
    "Score",
    "Truth",
    "analysis_of",
    "read_analyses",
    "read_live_log",
    "read_truths",
    "score",
    "truth_of",
]
