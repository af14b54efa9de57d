"""``lumbar sim trace``: files of simulated persons, and the truth beside them."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lumbar.analysis_document import analysis_document
from lumbar.errors import UsageError
from lumbar.scoring.document_files import read_truths
from lumbar.sim_trace import TraceOptions, run_sim_trace
from lumbar.simulated_script import Script
from lumbar.trace import read_trace

BRIDGES = Script(exercise="glute_bridge", repetitions=3)


def make(out: Path, **changed) -> None:
    wanted = {
        "script": BRIDGES,
        "families": (),
        "purpose": None,
        "seed": 5,
        "sampling_rate_hz": None,
        "count": 1,
        "out": out,
        "truth": None,
    }
    run_sim_trace(TraceOptions(**{**wanted, **changed}))


def truth_in(path: Path) -> dict:
    return json.loads(path.read_text())


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet"])
def test_a_trace_reads_back_with_its_truth(tmp_path: Path, ending: str) -> None:
    make(tmp_path / f"one{ending}", sampling_rate_hz=52.0)
    trace = read_trace(tmp_path / f"one{ending}")
    truth = truth_in(tmp_path / "one.truth.json")
    assert trace.sampling_rate_hz == 52.0
    assert truth["schema"] == "lumbar.truth/1"
    assert truth["simulated"] is True
    assert truth["seed"] == 5
    assert truth["body_id"].endswith("/5-0000")
    assert {family["purpose"] for family in truth["families"].values()} == {"development"}
    assert truth["recording"]["samples"] == len(trace.t_s)
    assert truth["recording"]["sampling_rate_hz"] == 52.0
    (bridges,) = truth["sets"]
    assert bridges["exercise"] == "glute_bridge"
    assert len(bridges["repetitions"]) == 3
    assert 0.0 < bridges["start_s"] < bridges["end_s"] < truth["recording"]["duration_s"]
    assert read_truths(tmp_path / "one.truth.json")["one"].body_id == truth["body_id"]


def test_the_trace_is_in_the_sensor_s_axes(tmp_path: Path) -> None:
    families = ("belt_upside_down", "usual")
    make(tmp_path / "worn.csv", families=families)
    standing_g = read_trace(tmp_path / "worn.csv").acc_g[50:200].mean(axis=0)
    assert standing_g[0] == pytest.approx(-1.0, abs=0.06)


def test_the_truth_is_on_the_trace_s_own_clock(tmp_path: Path) -> None:
    script = Script(programme="everyday_hour", minutes=20.0)
    make(tmp_path / "a.parquet", script=script, families=("odd_clock",))
    truth, trace = truth_in(tmp_path / "a.truth.json"), read_trace(tmp_path / "a.parquet")
    # 20 minutes are 0.14 s and more apart by a clock that is off by 120 ppm and more
    ends_s = truth["postures"][-1]["end_s"]
    assert ends_s == pytest.approx(trace.t_s[-1] + 1.0 / trace.sampling_rate_hz, abs=0.05)


def test_the_truth_tells_the_gaps_of_the_trace(tmp_path: Path) -> None:
    script = Script(programme="everyday_hour", minutes=20.0)
    make(tmp_path / "a.parquet", script=script, families=("dropping",))
    gaps = read_truths(tmp_path / "a.truth.json")["a"].recording.gaps
    t_s = read_trace(tmp_path / "a.parquet").t_s
    before = np.flatnonzero(np.diff(t_s) > 0.05)
    assert len(gaps) > 0
    assert [one.start_s for one in gaps] == pytest.approx(list(t_s[before]))
    assert [one.end_s for one in gaps] == pytest.approx(list(t_s[before + 1]))


def test_many_persons_are_numbered_and_each_truth_lies_beside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, purpose="reporting", count=5)
    assert sorted(path.name for path in tmp_path.glob("*.parquet")) == [
        f"glute_bridge-5-{person:04d}.parquet" for person in range(5)
    ]
    truths = read_truths(tmp_path)
    assert len({truth.body_id for truth in truths.values()}) == 5
    assert {truth.families.placement.name for truth in truths.values()} == {
        "belt_askew",
        "belt_upside_down_askew",
        "waistband_front",
        "belt_slipping",
        "loose_pocket",
    }
    assert {truth.families.body.purpose for truth in truths.values()} == {"reporting"}
    assert "5 simulated traces" in capsys.readouterr().out


def test_one_person_is_the_same_alone_and_among_many(tmp_path: Path) -> None:
    make(tmp_path / "alone.csv")
    make(tmp_path / "of.csv", count=2)
    assert (tmp_path / "alone.csv").read_bytes() == (tmp_path / "of-0000.csv").read_bytes()
    assert (tmp_path / "alone.csv").read_bytes() != (tmp_path / "of-0001.csv").read_bytes()


def test_gaps_are_steps_in_time_and_slips_are_told(tmp_path: Path) -> None:
    script = Script(programme="demo", minutes=5.0)
    make(tmp_path / "g.csv", script=script, families=("belt_slipping", "patchy"))
    trace, truth = read_trace(tmp_path / "g.csv"), truth_in(tmp_path / "g.truth.json")
    assert np.any(np.diff(trace.index) > 1)
    assert truth["recording"]["samples"] < truth["recording"]["duration_s"] * trace.sampling_rate_hz
    assert truth["slips"]
    for slip in truth["slips"]:
        assert 7.0 <= abs(slip["angle_deg"]) <= 15.0
        assert 0.0 < slip["start_s"] < slip["end_s"]


def test_what_was_simulated_can_be_analysed(tmp_path: Path) -> None:
    make(tmp_path / "b.csv", families=("average", "even", "belt_level", "usual"))
    document = analysis_document(read_trace(tmp_path / "b.csv"), None)
    assert (
        document["recording"]["samples"]
        == truth_in(tmp_path / "b.truth.json")["recording"]["samples"]
    )
    assert document["recording"]["coverage"] == 1.0
    assert {"upright", "supine"} <= {each["posture"] for each in document["postures"]}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"sampling_rate_hz": 0.0}, "rate is 0: choose 10 to 1000"),
        ({"count": 0}, "count is 0: choose 1 to"),
        ({"script": Script(exercise="forearm_plank", hold_s=-3.0)}, "hold_s is -3: choose 2 to"),
        ({"script": Script(exercise="dance")}, "'dance'.*choose dead_bug, bird_dog"),
        ({"script": Script(exercise="cat_cow", hold_s=9.0)}, "cat_cow has no hold"),
        ({"script": Script(exercise="forearm_plank", repetitions=2)}, "has no repetitions"),
        ({"script": Script(exercise="cat_cow", minutes=3.0)}, "minutes is for a programme"),
        ({"script": Script(programme="nap")}, "'nap': choose demo, "),
        ({"script": Script(programme="demo", hold_s=3.0)}, "are for an exercise"),
        ({"script": Script()}, "either an exercise or a programme"),
        ({"script": Script("cat_cow", "demo")}, "either an exercise or a programme"),
        ({"families": ("giant",)}, "family is 'giant': choose average, "),
        ({"families": ("average", "noisy")}, "family noisy is for reporting: choose average"),
        ({"families": ("average",), "purpose": "reporting"}, "average is for development"),
        ({"purpose": "fun"}, "purpose is 'fun': choose development or reporting"),
        ({"count": 2, "truth": Path("t.json")}, "--truth names one file"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(tmp_path: Path, changed, message: str) -> None:
    with pytest.raises(UsageError, match=message) as told:
        make(tmp_path / "x.csv", **changed)
    assert "\n" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"name it \.csv, \.csv\.gz or \.parquet"):
        make(tmp_path / "x.txt")


def test_a_bad_option_costs_one_line_and_exit_status_1(tmp_path: Path) -> None:
    options = ["--exercise", "forearm_plank", "--hold", "-5", "--out", str(tmp_path / "x.csv")]
    done = subprocess.run(
        [sys.executable, "-m", "lumbar", "sim", "trace", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "lumbar: hold_s is -5: choose 2 to 600\n"


MIXED = """
from lumbar_sim.families.cast import Cast, for_report
from lumbar_sim.families.catalogue import DEVELOPMENT, REPORTING

good = Cast(*(REPORTING.body[0], REPORTING.style[0]), REPORTING.placement[0], REPORTING.hardware[0])
for_report([good])
Cast(DEVELOPMENT.body[0], REPORTING.style[0], REPORTING.placement[0], REPORTING.hardware[0])
for_report([DEVELOPMENT.cast(1, 0)])
"""


def test_mypy_refuses_mixed_casts_and_reports_of_development(tmp_path: Path) -> None:
    (tmp_path / "mixed.py").write_text(MIXED)
    root = Path(__file__).parents[2]
    mixed = str(tmp_path / "mixed.py")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", mixed],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    refused = [line.split(":")[1] for line in done.stdout.splitlines() if " error: " in line]
    assert refused == ["7", "8"], done.stdout + done.stderr
