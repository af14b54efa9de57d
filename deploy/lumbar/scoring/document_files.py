"""Reads truths, analyses and live logs; a bad one costs one line that names file and field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from lumbar.errors import LumbarError
from lumbar.scoring.analysis_doc import AnalysisDoc
from lumbar.scoring.live_log import LiveEvent
from lumbar.scoring.truth_document import Truth

TRUTH_SUFFIX = ".truth.json"
_ENDINGS = (".gz", ".csv", ".parquet", ".json", ".jsonl", ".truth", ".analysis")
_TRUTH, _ANALYSIS = TypeAdapter(Truth), TypeAdapter(AnalysisDoc)
_LIVE: TypeAdapter[LiveEvent] = TypeAdapter(Annotated[LiveEvent, Field(discriminator="type")])
T = TypeVar("T")


class DocumentError(LumbarError, ValueError):
    """A document that cannot be scored; names the file, the field and the remedy."""


def read_truths(path: Path) -> dict[str, Truth]:
    """Read a truth, or each ``*.truth.json`` in a folder and those below, by its trace's stem.

    A file may have several, one a line; each then names its trace.

    Raises ``DocumentError``, also where a folder has none, and for two of one stem.
    """
    files = sorted(path.rglob(f"*{TRUTH_SUFFIX}")) if path.is_dir() else [path]
    if not files:
        raise DocumentError(f"{path}: no file in it ends in {TRUTH_SUFFIX}: name their folder")
    truths: dict[str, Truth] = {}
    for file in files:
        for where, truth in _truths(file):
            stem = trace_stem(truth.trace or file.name)
            if stem in truths:
                raise DocumentError(
                    f"{where}: a second truth of trace {stem}: give traces other names"
                )
            truths[stem] = truth
    return truths


def _truths(file: Path) -> Iterator[tuple[str, Truth]]:
    for text, where in _objects(file):
        truth = _checked(_TRUTH, text, where)
        yield where, truth


def truth_of(document: Mapping[str, Any], where: str) -> Truth:
    """Check a truth that is already read; ``where`` is named in the error."""
    return _checked(_TRUTH, json.dumps(document), where)


def analysis_of(document: Mapping[str, Any], where: str) -> AnalysisDoc:
    """Check an analysis that is already read; ``where`` is named in the error."""
    return _checked(_ANALYSIS, json.dumps(document), where)


def read_analyses(path: Path) -> list[AnalysisDoc]:
    """Read one analysis, or one a line; raises ``DocumentError``."""
    return [_checked(_ANALYSIS, text, where) for text, where in _objects(path)]


def read_live_log(path: Path) -> list[LiveEvent]:
    """Read a live run's log, one object a line; raises ``DocumentError``."""
    return [
        _checked(_LIVE, line, f"{path}: line {number}")
        for number, line in enumerate(_text(path).splitlines(), start=1)
        if line.strip()
    ]


def trace_stem(name: str) -> str:
    """Return a file's name without folder and endings: ``a/b.csv.gz`` and ``b.truth.json``: b."""
    stem = name.replace("\\", "/").rpartition("/")[2]
    while ending := next((e for e in _ENDINGS if stem.endswith(e) and stem != e), None):
        stem = stem.removesuffix(ending)
    return stem


def _objects(path: Path) -> Iterator[tuple[str, str]]:
    """Split a file into objects: the whole where it is one, else its lines."""
    text = _text(path)
    lines = [(n, line) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines or (len(lines) > 1 and not _is_object(lines[0][1])):
        yield text, str(path)
        return
    for number, line in lines:
        yield line, f"{path}: line {number}" if len(lines) > 1 else str(path)


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except IsADirectoryError:
        raise DocumentError(f"{path}: a folder: name the file in it") from None
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read ({error.strerror}): check its name") from None
    except UnicodeDecodeError:
        raise DocumentError(f"{path}: no UTF-8 text: name a JSON file") from None


def _checked(adapter: TypeAdapter[T], text: str, where: str) -> T:
    try:
        return adapter.validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise DocumentError(f"{where}: {_complaint(first)}") from None


def _complaint(problem: Any) -> str:
    field = ""
    for part in problem["loc"]:
        field += f"[{part}]" if isinstance(part, int) else f".{part}"
    message = " ".join(problem["msg"].split()).removeprefix("Value error, ")
    what = message[:1].lower() + message[1:]
    named = f"{field.removeprefix('.')}: {what}" if field else what
    return f"{named}: correct it, or write the file again"
