"""``lumbar score``: files of truths and analyses in, one report out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from rich.console import Console

from lumbar.errors import UsageError
from lumbar.scoring.analysis_doc import AnalysisDoc
from lumbar.scoring.document_files import (
    DocumentError,
    read_analyses,
    read_live_log,
    read_truths,
    trace_stem,
)
from lumbar.scoring.live_log import LiveEvent
from lumbar.scoring.score import score
from lumbar.scoring.score_tables import print_score
from lumbar.scoring.truth_document import Truth
from lumbar.scoring.vocabulary import FACTORS, Factor

FORMATS = ("table", "json")
_SEED = 1  # of the intervals: the same files print the same report


def score_files(
    truth: Path, analysis: Path, live: Path | None, *, report_format: str, by: str | None
) -> None:
    """Print the score of ``analysis`` on standard output; raises ``DocumentError``."""
    factor = _factor(by)
    if report_format not in FORMATS:
        raise UsageError(
            f"no format is called {report_format!r}; choose one of: {', '.join(FORMATS)}"
        )
    truths = read_truths(truth)
    pairs = paired(truths, read_analyses(analysis), analysis)
    logs = None if live is None else _by_trace(read_live_log(live), truths)
    result = score(pairs, rng=np.random.default_rng(_SEED), live=logs)
    if report_format == "json":
        print(json.dumps(result.to_document(), indent=2, allow_nan=False))
    else:
        print_score(Console(), result, factor)


def paired(
    truths: Mapping[str, Truth], analyses: list[AnalysisDoc], file: Path
) -> list[tuple[Truth, AnalysisDoc]]:
    """Pair each truth with the analysis of the trace of its stem, in the order of ``truths``.

    One analysis that names no trace belongs to one truth. Analyses of other traces are passed
    over. Raises ``DocumentError`` for a truth without an analysis, and for two of one trace.
    """
    if len(truths) == len(analyses) == 1 and analyses[0].trace is None:
        return [(next(iter(truths.values())), analyses[0])]
    by_stem: dict[str, AnalysisDoc] = {}
    for number, one in enumerate(analyses, start=1):
        if one.trace is None:
            raise DocumentError(f"{file}: object {number}: trace: missing: name the trace's file")
        stem = trace_stem(one.trace)
        if stem in by_stem:
            raise DocumentError(f"{file}: object {number}: trace: a second analysis of {stem}")
        by_stem[stem] = one
    missing = [stem for stem in truths if stem not in by_stem]
    if missing:
        raise DocumentError(
            f"{file}: trace: no analysis of {missing[0]} ({len(missing)} such): analyse it as "
            "well, or score fewer truths"
        )
    return [(truth, by_stem[stem]) for stem, truth in truths.items()]


def _by_trace(events: list[LiveEvent], truths: Mapping[str, Truth]) -> list[list[LiveEvent]]:
    """Sort by trace; one that told nothing has no line."""
    by_stem: dict[str, list[LiveEvent]] = {stem: [] for stem in truths}
    for one in events:
        by_stem.setdefault(trace_stem(one.trace), []).append(one)
    return [by_stem[stem] for stem in truths]


def _factor(name: str | None) -> Factor | None:
    if name is None:
        return None
    for factor in FACTORS:
        if factor == name:
            return factor
    raise UsageError(f"cannot score by {name!r}; choose one of: {', '.join(FACTORS)}")
