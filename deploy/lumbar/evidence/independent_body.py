"""Traces of the independent body: made by other code, analysed and scored the same way."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lumbar.analysis_document import analysis_document
from lumbar.errors import UsageError
from lumbar.evidence.findings import require_reporting
from lumbar.scoring import Score, analysis_of, read_truths, score
from lumbar.trace import read_trace
from lumbar.trace_file import ENDINGS


def independent_body(folder: Path, seed: int) -> Score:
    """Score every trace in a folder that has its truth beside it.

    Raises ``UsageError`` for a truth without a trace, ``EvidenceError`` where a family is not for
    reporting.
    """
    pairs = []
    for stem, truth in read_truths(folder).items():
        document = analysis_document(read_trace(_trace(folder, stem)))
        pairs.append((truth, analysis_of(document, stem)))
    found = score(pairs, rng=np.random.default_rng(seed))
    require_reporting(found)
    return found


def _trace(folder: Path, stem: str) -> Path:
    for ending in ENDINGS:
        for path in sorted(folder.rglob(f"{stem}{ending}")):
            return path
    raise UsageError(f"{folder}: no trace of {stem} beside its truth: make it again")
