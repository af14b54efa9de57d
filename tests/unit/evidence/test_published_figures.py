"""Figures stand on docs/evidence.md alone, and that page is about the present detector."""

import re
from pathlib import Path

import pytest

from lumbar.evidence.page import detector_line
from lumbar_signal import PARAMETERS_SHA256, VERSION

ROOT = Path(__file__).parents[3]
OTHERS = sorted({ROOT / "README.md", *(ROOT / "docs").glob("*.md")} - {ROOT / "docs/evidence.md"})
ACCURACY = re.compile(
    r"\d\s?%|\bF1\b|\b(?i:precision|recall|accuracy|sensitivity|specificity)\b"
    r"|(?i:false (?:sets|alarms) (?:per|an) hour)"
)


def test_evidence_page_is_about_the_present_detector() -> None:
    text = " ".join((ROOT / "docs" / "evidence.md").read_text().split())
    assert detector_line(VERSION, PARAMETERS_SHA256) in text, (
        "docs/evidence.md tells of another detector: run `make evidence` and commit what it writes"
    )


@pytest.mark.parametrize("page", OTHERS, ids=lambda page: page.name)
def test_no_other_page_claims_an_accuracy(page: Path) -> None:
    claims = [line for line in page.read_text().splitlines() if ACCURACY.search(line)]
    assert claims == [], "figures belong on docs/evidence.md, which `make evidence` writes"
