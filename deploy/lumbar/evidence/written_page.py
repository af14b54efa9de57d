"""The page and its pictures as files; a page that tells more is not overwritten by mistake."""

from __future__ import annotations

from pathlib import Path

from lumbar.errors import UsageError
from lumbar.evidence.findings import Findings
from lumbar.evidence.page import CONFUSION_PNG, RELIABILITY_PNG, measured, page
from lumbar.evidence.pictures import draw_confusion, draw_reliability

PAGE = "evidence.md"


def write_page(findings: Findings, out: Path, *, allow_less: bool) -> Path:
    """Write the page into a folder and return its path.

    Raises ``UsageError`` where the page that is there tells of a part that was not measured now.
    """
    path = out / PAGE
    text = page(findings)
    check_not_less(path, text, allow_less=allow_less)
    (out / CONFUSION_PNG).parent.mkdir(parents=True, exist_ok=True)
    figures = findings.simulated.all.overall
    draw_confusion(figures.recognition.confusion, out / CONFUSION_PNG)
    certainty = figures.confidence
    draw_reliability(certainty.sets, certainty.repetitions, out / RELIABILITY_PNG)
    path.write_text(text, encoding="utf-8")
    return path


def check_not_less(path: Path, text: str, *, allow_less: bool) -> None:
    """Raise ``UsageError`` where ``text`` has not measured what the page at ``path`` has."""
    if allow_less or not path.exists():
        return
    missing = sorted(measured(path.read_text(encoding="utf-8")) - measured(text))
    if missing:
        raise UsageError(
            f"{path} has measured {', '.join(missing)}, this run has not: give it what it needs, "
            "or write less with --allow-less"
        )
