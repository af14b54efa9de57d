import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lumbar.scoring import DocumentError, analysis_of, read_analyses, read_live_log, score, truth_of
from lumbar.scoring.document_files import read_truths, trace_stem
from scoring_documents import Document, oracle, silent, truth_document


def numbers(value: Any) -> list[float]:
    match value:
        case dict():
            return [n for each in value.values() for n in numbers(each)]
        case list() | tuple():
            return [n for each in value for n in numbers(each)]
        case float():
            return [value]
    return []


def without(*path: str | int) -> Callable[[Document], None]:
    def remove(document: Document) -> None:
        inner: Any = document
        for part in path[:-1]:
            inner = inner[part]
        del inner[path[-1]]

    return remove


def setting(value: Any, *path: str | int) -> Callable[[Document], None]:
    def put(document: Document) -> None:
        inner: Any = document
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = value

    return put


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (without("schema"), "schema: field required"),
        (setting("lumbar.truth/2", "schema"), "schema: input should be 'lumbar.truth/1'"),
        (without("body_id"), "body_id: field required"),
        (without("families", "style"), "families.style: field required"),
        (setting("all", "families", "body", "purpose"), "families.body.purpose: input should be"),
        (without("sets", 1, "repetitions", 3, "peak_s"), r"sets\[1\].repetitions\[3\].peak_s: fie"),
        (setting("5", "sets", 0, "start_s"), r"sets\[0\].start_s: input should be a valid number"),
        (setting(float("nan"), "sets", 0, "start_s"), r"sets\[0\].start_s: .*finite"),
        (setting(5.0, "sets", 0, "end_s"), r"sets\[0\]: end_s 5 is before start_s 10"),
        (setting("burpee", "sets", 0, "exercise"), r"sets\[0\].exercise: input should be"),
        (setting(80.0, "sets", 0, "end_s"), r"sets\[1\] begins before sets\[0\] ends"),
        (setting(200, "sets", 2, "deviations", 0, "peak_deg"), r"deviations\[0\].peak_deg: .*180"),
    ],
)
def test_damaged_truth_costs_one_line_naming_file_and_field(
    damage: Callable[[Document], None], complaint: str
) -> None:
    truth = truth_document()
    damage(truth)
    with pytest.raises(DocumentError, match=f"^a.truth.json: .*{complaint}") as raised:
        truth_of(truth, "a.truth.json")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (without("sets", 0, "confidence"), r"sets\[0\].confidence: field required"),
        (setting(1.5, "sets", 0, "confidence"), r"sets\[0\].confidence: .*less than or equal to 1"),
        (without("postures"), "postures: field required"),
        (setting("shrug", "sets", 2, "deviations", 0, "kind"), r"deviations\[0\].kind: input"),
        (setting(100.0, "postures", 0, "end_s"), r"postures\[1\] begins before postures\[0\] ends"),
    ],
)
def test_damaged_analysis_costs_one_line_naming_file_and_field(
    damage: Callable[[Document], None], complaint: str
) -> None:
    analysis = oracle(truth_document())
    damage(analysis)
    with pytest.raises(DocumentError, match=f"^found.json: .*{complaint}"):
        analysis_of(analysis, "found.json")


def test_line_of_a_damaged_analysis_is_named(tmp_path: Path) -> None:
    file = tmp_path / "found.jsonl"
    good = json.dumps(silent(truth_document()))
    file.write_text(f'{good}\n{{"schema": 1}}\n')
    with pytest.raises(DocumentError, match=r"found.jsonl: line 2: schema"):
        read_analyses(file)


@pytest.mark.parametrize("content", ["", "no JSON", "[]", "7", "{"])
def test_what_is_no_document_is_refused_in_one_line(tmp_path: Path, content: str) -> None:
    file = tmp_path / "a.truth.json"
    file.write_text(content)
    for read in (read_truths, read_analyses):
        with pytest.raises(DocumentError, match=r"a\.truth\.json: .*"):
            read(file)


def test_missing_and_binary_files_are_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        read_truths(tmp_path / "none.truth.json")
    binary = tmp_path / "a.jsonl"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DocumentError, match="no UTF-8 text"):
        read_live_log(binary)


def test_folder_without_a_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"no file in it ends in \.truth\.json"):
        read_truths(tmp_path)


def test_two_truths_of_one_trace_are_refused(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.truth.json").write_text(json.dumps(truth_document()))
    with pytest.raises(DocumentError, match="a second truth of trace a"):
        read_truths(tmp_path)


@pytest.mark.parametrize(
    "name",
    ["0.5-tall.csv", "x/0.5-tall.csv.gz", "0.5-tall.truth.json", "x\\0.5-tall.parquet"],
)
def test_files_of_one_trace_share_a_stem(name: str) -> None:
    assert trace_stem(name) == "0.5-tall"


def test_no_pairs_have_no_figures_and_nothing_that_is_not_a_number() -> None:
    document = score([], rng=np.random.default_rng(0)).to_document()
    assert json.loads(json.dumps(document, allow_nan=False))["traces"] == 0
    assert document["overall"]["recognition"]["macro_f1"] == {
        "value": None,
        "low": None,
        "high": None,
        "n": 0,
    }
    assert document["purpose"] == "none"


def test_empty_truth_and_analysis_have_no_figures() -> None:
    truth = {**truth_document(), "sets": [], "everyday": [], "postures": []}
    pairs = [(truth_of(truth, "truth"), analysis_of(silent(truth), "analysis"))]
    one = score(pairs, rng=np.random.default_rng(0)).overall
    document = score(pairs, rng=np.random.default_rng(0)).to_document()
    json.dumps(document, allow_nan=False)
    assert (one.counting.exact.value, one.counting.exact.n) == (None, 0)
    assert one.false_alarms.everyday_sets.per_hour is None


def test_every_number_in_a_score_is_finite() -> None:
    truth = truth_document()
    pairs = [(truth_of(truth, "truth"), analysis_of(oracle(truth), "analysis"))]
    document = score(pairs, rng=np.random.default_rng(0)).to_document()
    assert np.isfinite(numbers(document)).all()
    assert set(document["by"]) == {"exercise", "body", "style", "placement", "hardware"}
