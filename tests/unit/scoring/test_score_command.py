import json
from pathlib import Path

import pytest

from lumbar.errors import UsageError
from lumbar.scoring import DocumentError
from lumbar.scoring.score_files import score_files
from scoring_documents import oracle, silent, truth_document


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Truths of three bodies, and one file with the analyses of all and of another trace."""
    lines = []
    for body in ("tall-1", "tall-2", "short-1"):
        truth = truth_document(body)
        (tmp_path / f"{body}.truth.json").write_text(json.dumps(truth))
        program = silent if body == "tall-2" else oracle
        lines.append({"trace": f"traces/{body}.csv.gz", **program(truth)})
    lines.append({**lines[0], "trace": "traces/holiday.csv"})
    (tmp_path / "found.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    return tmp_path


def run(folder: Path, report_format: str, by: str | None = None) -> None:
    score_files(folder, folder / "found.jsonl", None, report_format=report_format, by=by)


def test_json_has_every_figure_of_a_folder(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(folder, "json")
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["traces"], document["bodies"]) == ("lumbar.score/1", 3, 3)
    assert document["overall"]["counting"]["exact"]["value"] == pytest.approx(2 / 3)
    assert document["by"]["body"]["tall"]["counting"]["exact"]["value"] == 0.5
    assert document["by"]["body"]["short"]["counting"]["exact"]["value"] == 1.0
    assert document["rules"]["min_overlap"] == 0.5


@pytest.mark.parametrize("by", ["exercise", "body", "style", "placement", "hardware"])
def test_table_reads_in_an_ordinary_terminal(
    folder: Path, by: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    run(folder, "table", by)
    shown = capsys.readouterr().out
    assert "Simulated, reporting families: 3 traces of 3 bodies, 0.50 h" in shown
    assert max(map(len, shown.splitlines()[1:])) <= 80
    assert "macro-F1" in shown
    assert "66.7%" in shown
    assert "glute bridge missed 1" in shown
    assert ("short" if by != "exercise" else "forearm plank") in shown
    assert "nan" not in shown
    assert "…" not in shown


def test_one_analysis_without_a_name_belongs_to_the_one_truth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = truth_document()
    (tmp_path / "a.truth.json").write_text(json.dumps(truth))
    (tmp_path / "b.json").write_text(json.dumps(oracle(truth), indent=2))
    score_files(tmp_path / "a.truth.json", tmp_path / "b.json", None, report_format="json", by=None)
    assert json.loads(capsys.readouterr().out)["overall"]["counting"]["exact"]["value"] == 1.0


def test_truth_without_an_analysis_is_not_passed_over(folder: Path) -> None:
    (folder / "lost.truth.json").write_text(json.dumps(truth_document()))
    with pytest.raises(DocumentError, match=r"found\.jsonl: trace: no analysis of lost"):
        run(folder, "json")


def test_one_of_several_analyses_without_a_name_is_refused(folder: Path) -> None:
    with (folder / "found.jsonl").open("a") as file:
        file.write(json.dumps(silent(truth_document())) + "\n")
    with pytest.raises(DocumentError, match=r"found\.jsonl: object 5: trace: missing"):
        run(folder, "json")


def test_two_analyses_of_one_trace_are_refused(folder: Path) -> None:
    with (folder / "found.jsonl").open("a") as file:
        file.write((folder / "found.jsonl").read_text().splitlines()[0] + "\n")
    with pytest.raises(DocumentError, match="object 5: trace: a second analysis of tall-1"):
        run(folder, "json")


def test_live_log_adds_the_live_figures(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = {"trace": "x/tall-1.csv", "at_s": 13.5, "type": "repetition_counted"}
    line |= {"exercise": "glute_bridge", "start_s": 10.0, "end_s": 13.0}
    log = folder / "live.jsonl"
    log.write_text(json.dumps(line) + "\n")
    score_files(folder, folder / "found.jsonl", log, report_format="json", by=None)
    live = json.loads(capsys.readouterr().out)["overall"]["live"]
    assert (live["delay_s"]["median"], live["retracted"]["n"]) == (0.5, 1)
    assert live["everyday_repetitions"]["hours"] == pytest.approx(0.25)


def test_unknown_format_and_factor_name_the_known_ones(folder: Path) -> None:
    with pytest.raises(UsageError, match="table, json"):
        run(folder, "yaml")
    with pytest.raises(UsageError, match="exercise, body, style, placement, hardware"):
        run(folder, "table", "shoe")
