"""The analysis as CSV: one row for each repetition and hold."""

from __future__ import annotations

from collections.abc import Iterator

from lumbar.analysis_document import Document

COLUMNS = (
    "trace",
    "set",
    "exercise",
    "kind",
    "number",
    "start_s",
    "peak_s",
    "end_s",
    "duration_s",
    "range_deg",
    "confidence",
)


def analysis_rows(trace_name: str, document: Document) -> Iterator[list[object]]:
    """Yield rows in the order of ``COLUMNS``; what a hold does not have is left empty."""
    for set_number, one_set in enumerate(document["sets"], 1):
        place = [trace_name, set_number, one_set["exercise"]]
        for number, rep in enumerate(one_set["repetitions"], 1):
            times = [rep["start_s"], rep["peak_s"], rep["end_s"]]
            duration_s = round(rep["end_s"] - rep["start_s"], 4)
            quality = [rep["range_deg"], rep["confidence"]]
            yield [*place, "repetition", number, *times, duration_s, *quality]
        for number, hold in enumerate(one_set["holds"], 1):
            times = [hold["start_s"], None, hold["end_s"]]
            yield [*place, "hold", number, *times, hold["duration_s"], None, one_set["confidence"]]
