"""``lumbar analyze``: many traces in one go, one report each."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from lumbar.analysis_document import Document, analysis_document
from lumbar.analysis_rows import COLUMNS, analysis_rows
from lumbar.analysis_tables import print_tables
from lumbar.errors import TraceError, UsageError
from lumbar.quantisation import quantise
from lumbar.trace import Trace, read_trace
from lumbar_signal.events import Exercise

FORMATS = ("table", "json", "jsonl", "csv")
Report = Callable[[str, Document], None]


def analyze_files(
    paths: list[Path], *, report_format: str, prescribed_name: str | None, plot: Path | None
) -> int:
    """Print a report of each trace on standard output, in order; return how many were bad.

    A bad trace costs one line on standard error; the others are done all the same.
    """
    if plot is not None and len(paths) > 1:
        raise UsageError("--plot draws one trace: name one, or leave --plot out")
    prescribed = exercise_named(prescribed_name)
    report = _report(report_format, many=len(paths) > 1)
    errors = Console(stderr=True)
    bad = 0
    with _progress(errors, len(paths)) as ticking:
        for path in ticking(paths):
            try:
                trace = read_trace(path)
                measured = quantise(trace)
                trace = trace if plot else trace.clock_only()  # a day's values are not kept along
                document = analysis_document(trace, prescribed, measured=measured)
            except TraceError as error:
                bad += 1
                errors.print(f"lumbar: {error}", markup=False, highlight=False, soft_wrap=True)
                continue
            report(str(path), document)
            if plot is not None:
                _draw(trace, document, plot)
    return bad


def exercise_named(name: str | None) -> Exercise | None:
    """Return the exercise of that name; raises ``UsageError`` with all names."""
    if name is None:
        return None
    known = [exercise for exercise in Exercise if exercise is not Exercise.UNKNOWN]
    wanted = name.strip().lower().replace(" ", "_").replace("-", "_")
    if wanted not in known:
        raise UsageError(f"no exercise is called {name!r}; choose one of: {', '.join(known)}")
    return Exercise(wanted)


def _report(report_format: str, *, many: bool) -> Report:
    match report_format:
        case "table":
            console = Console()
            return lambda name, document: print_tables(console, name, document)
        case "csv":
            rows = csv.writer(sys.stdout, lineterminator="\n")
            rows.writerow(COLUMNS)
            return lambda name, document: rows.writerows(analysis_rows(name, document))
        case "json" if not many:
            return lambda _, document: print(json.dumps(document, indent=2, allow_nan=False))
        case "json" | "jsonl":
            return _print_line
    raise UsageError(f"no format is called {report_format!r}; choose one of: {', '.join(FORMATS)}")


def _print_line(name: str, document: Document) -> None:
    """Print one object a line; ``trace`` tells the lines of many apart."""
    print(json.dumps({"trace": name, **document}, allow_nan=False, separators=(",", ":")))


@contextmanager
def _progress(errors: Console, total: int) -> Iterator[Callable[[Iterable[Path]], Iterable[Path]]]:
    """Show a bar on standard error where somebody looks at it and nothing else prints there."""
    if total == 1 or not errors.is_terminal or sys.stdout.isatty():
        yield lambda paths: paths
        return
    columns = (TextColumn("analysing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Standard output is a file or a pipe here: rich must not take it over.
    with Progress(
        *columns, console=errors, transient=True, redirect_stdout=False, redirect_stderr=False
    ) as bar:
        yield lambda paths: bar.track(paths, total=total)


def _draw(trace: Trace, document: Document, path: Path) -> None:
    from lumbar.plot import plot_analysis  # slow to import, and rarely wanted

    plot_analysis(trace, document, path)
