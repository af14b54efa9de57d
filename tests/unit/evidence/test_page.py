"""The page: assembled from scores, marked, whole, and never from development families."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lumbar.errors import UsageError
from lumbar.evidence.findings import Absent, EvidenceError, Findings, Simulated
from lumbar.evidence.foreign_kinds import NEVER_TUNED_WITH, TUNED_WITH
from lumbar.evidence.inclination import InclinationErrors
from lumbar.evidence.markdown import table
from lumbar.evidence.page import NOT_MEASURED, measured, not_measured, page
from lumbar.evidence.recordings import Labelled, RecordingRow
from lumbar.evidence.sessions import EVERYDAY, Scored
from lumbar.evidence.target_figures import TargetFigures, target_figures
from lumbar.evidence.written_page import check_not_less, write_page
from lumbar.scoring import Score, analysis_of, score, truth_of
from lumbar.scoring.observe import observe
from lumbar_sim.activities.catalogue import FOREIGN
from scoring_documents import oracle, silent, truth_document

BODIES = ("tall-1", "tall-2", "short-1")
WALK = RecordingRow("walk", "lower back", True, 60.0, 50.0, 45.0, (), {}, 0)
BENDS = RecordingRow(
    "bends",
    "chest",
    False,
    30.0,
    0.0,
    0.0,
    (Labelled("seated_trunk_flexion", 9, 7), Labelled("squat", 2, 1)),
    {"glute_bridge": 1},
    1,
)


@cache
def a_score(program: Callable[[Any], Any] = oracle, purpose: str = "reporting") -> Score:
    truths = [truth_document(body, purpose=purpose) for body in BODIES]
    pairs = [(truth_of(truth, "t"), analysis_of(program(truth), "a")) for truth in truths]
    return score(pairs, rng=np.random.default_rng(1), resamples=20)


@cache
def targets(program: Callable[[Any], Any] = oracle) -> TargetFigures:
    done = []
    for body in BODIES:
        truth = truth_document(body)
        free = observe(truth_of(truth, "t"), analysis_of(program(truth), "a"), [])
        done.append(Scored("glute_bridge", free, None, InclinationErrors((0.5, -1.5), (3.0,))))
        walk = truth_document(body) | {"sets": []}
        free = observe(truth_of(walk, "t"), analysis_of(program(walk), "a"), [])
        done.append(Scored(f"{EVERYDAY}-0", free, None, None))
    return target_figures(done, np.random.default_rng(1), resamples=20)


def simulated(**changed: Any) -> Simulated:
    parts: dict[str, Any] = {
        "families": {},
        **dict.fromkeys(("all", "unprompted", "prescribed"), a_score()),
        "targets": targets(),
    }
    return Simulated(**{**parts, **changed})


def findings(**changed: Any) -> Findings:
    parts: dict[str, Any] = {
        "detector_version": "7.7.7",
        "parameters_sha256": "0123456789abcdef" * 4,
        "seed": 5,
        "simulated": simulated(families={"body": ("tall", "short")}),
        "independent_body": Absent("it stayed at home."),
        "recordings": (WALK, BENDS),
    }
    return Findings(**{**parts, **changed})


def section(text: str, heading: str) -> str:
    (found,) = (part for part in text.split("\n## ") if part.startswith(heading))
    return found


def test_every_table_has_as_many_cells_in_each_row() -> None:
    lines = page(findings(independent_body=a_score())).splitlines()
    widths: list[list[int]] = [[]]
    for line in lines:
        if line.startswith("|"):
            assert line.endswith("|")
            widths[-1].append(len(re.findall(r"(?<!\\)\|", line)))
        elif widths[-1]:
            widths.append([])
    tables = [found for found in widths if found]
    assert len(tables) >= 14
    assert [found for found in tables if len(set(found)) != 1 or len(found) < 3] == []


def test_a_pipe_in_a_cell_does_not_make_another_cell() -> None:
    assert table(("a|b",), [("c|d",)]).splitlines()[2] == "| c\\|d |"


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells, the header 1"):
        table(("a",), [("b", "c")])


def test_page_names_the_detector_and_its_parameters() -> None:
    top = page(findings()).split("\n## ")[0]
    assert "Detector 7.7.7, parameters `0123456789ab`, seed 5." in " ".join(top.split())


def test_every_section_with_simulated_figures_says_so() -> None:
    text = page(findings(independent_body=a_score()))
    for part in text.split("\n## ")[1:]:
        heading = part.splitlines()[0]
        if heading not in ("Recordings", "What it is compared with"):
            assert "simulat" in part, heading


def test_exercises_that_are_never_named_score_zero_and_are_told() -> None:
    blind = simulated(**dict.fromkeys(("all", "unprompted", "prescribed"), a_score(silent)))
    text = page(findings(simulated=blind))
    assert "**This version never names** forearm plank, glute bridge, cat cow, unknown." in text
    assert "0.00 (0.00 to 0.00, n 3)" in section(text, "By exercise")


def test_targets_that_are_met_are_reached() -> None:
    told = section(page(findings()), "Against the targets")
    assert "| F1 of forearm plank | 1.000 (1.000 to 1.000, n 6) | ≥ 0.97 | reached |" in told
    assert "| posture right, by time | 100.00 % of 0.5 h | ≥ 99.8 % | reached |" in told
    assert re.search(
        r"\| AUROC of unknown, all foreign kinds \| 1.000 .* \| ≥ 0.95 \| reached", told
    )
    assert re.search(
        r"\| inclination .*, moving, .* \| 3.00 ° \(n 3\) in 3 sessions .* reached", told
    )


def test_targets_that_are_missed_say_by_how_much() -> None:
    blind = simulated(all=a_score(silent), targets=targets(silent))
    told = section(page(findings(simulated=blind)), "Against the targets")
    assert re.search(
        r"\| F1 of glute bridge \| 0.000 .* \| ≥ 0.97 \| \*\*short by 0.97\*\* \|", told
    )
    assert re.search(r"count of cat cow exact \| 0.0 % .* \| \*\*short by 97 points\*\* \|", told)
    assert "| start of a matched repetition, error, p95 | - | ≤ 0.3 s | not measured |" in told
    assert "| hours of everyday life simulated | 0 h | ≥ 1000 h | **short by 1000 h** |" in told
    assert re.search(r"\| inclination .*, still, .* \| 1.50 ° .* \| \*\*short by 0.5°\*\* \|", told)
    assert "| F1 of wall plank, independent body | - | ≥ 0.95 | not measured |" in told


def test_targets_name_the_foreign_kinds_that_tuning_never_saw() -> None:
    told = " ".join(section(page(findings()), "Against the targets").split())
    assert "squat, push up, sit up were at hand while the detector was tuned" in told
    assert "lunge, cobra, jumping jack never were" in told
    assert sorted((*TUNED_WITH, *NEVER_TUNED_WITH)) == sorted(FOREIGN)


def test_sets_in_walking_recordings_are_short_of_none() -> None:
    walks = (replace(WALK, sets={"unknown": 2}), BENDS)
    told = section(page(findings(recordings=walks)), "Against the targets")
    assert "*open walking recordings* | 2 in 1 recordings, 1.0 min | ≤ 0 | **short by 2** |" in told
    assert "posture right, *those of them at the lower back* | 90.0 % of 0.8 min" in told


def test_page_shows_what_the_prior_changes() -> None:
    both = simulated(unprompted=a_score(silent))
    told = section(page(findings(simulated=both)), "With and without")
    assert re.search(r"\| count within one \| 0 % \(.*, n 6\) \| 100 % \(.*, n 6\) \|", told)


def test_recordings_are_told_by_place_and_by_name() -> None:
    told = section(page(findings()), "Recordings")
    assert "| lower back | worn by a person | 1 | 1.0 | 90 % of 0.8 min | - | - | 0 |" in told
    assert "| chest | computed from motion capture | 1 | 0.5 | - | 9: 7 | 2: 1 | 1 |" in told
    assert "| walk | lower back | worn by a person | 60 | 90 % | - | none |" in told
    assert "seated trunk flexion 9: 7, squat 2: 1 | 1 glute bridge |" in told


def test_what_was_not_measured_gives_its_reason() -> None:
    text = page(findings(recordings=Absent("none were at hand.")))
    assert f"{NOT_MEASURED} none were at hand." in section(text, "Recordings")
    assert not_measured(text) == {"Recordings", "Another body, in a physics engine"}
    assert "By exercise" in measured(text)


def test_development_families_are_refused() -> None:
    for part in ("all", "unprompted", "prescribed"):
        with pytest.raises(EvidenceError, match="3 traces are of development families"):
            simulated(**{part: a_score(purpose="development")})


def test_page_and_pictures_are_written_small_and_the_same_twice(tmp_path: Path) -> None:
    names = ("evidence.md", "evidence/confusion.png", "evidence/reliability.png")
    written = []
    for _ in range(2):
        write_page(findings(), tmp_path, allow_less=False)
        written.append([(tmp_path / name).read_bytes() for name in names])
    assert written[0] == written[1]
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == sorted(
        Path(name).name for name in names
    )
    assert max(map(len, written[0])) < 80_000


def test_a_page_that_tells_more_is_overwritten_only_on_demand(tmp_path: Path) -> None:
    path = tmp_path / "evidence.md"
    more, less = page(findings()), page(findings(recordings=Absent("none were at hand.")))
    check_not_less(path, less, allow_less=False)  # nothing is there yet
    path.write_text(more)
    with pytest.raises(UsageError, match="has measured Recordings, this run has not"):
        check_not_less(path, less, allow_less=False)
    check_not_less(path, less, allow_less=True)
    path.write_text(less)
    check_not_less(path, less, allow_less=False)
