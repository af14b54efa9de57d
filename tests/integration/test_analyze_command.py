"""``lumbar analyze`` as a person or a script runs it."""

import csv
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from json_schema import violations
from trace_files import write_workout_csv

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "analysis.schema.json").read_text())
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def lumbar(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lumbar", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "COLUMNS": "80"},
    )


@pytest.fixture(scope="module")
def workout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_workout_csv(tmp_path_factory.mktemp("traces") / "workout.csv")


def test_json_is_one_document_of_the_schema(workout: Path) -> None:
    done = lumbar("analyze", workout, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert violations(document, SCHEMA, SCHEMA) == []
    assert "trace" not in document
    assert {one["exercise"] for one in document["sets"]} >= {"glute_bridge", "cat_cow"}


def test_bad_trace_among_many_costs_one_line_and_the_exit_status(
    workout: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("t_s,ax_g,ay_g,az_g\n0,1,0,0\n0,1,0,0\n")
    done = lumbar("analyze", workout, bad, workout, "--format", "jsonl")
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [one.pop("trace") for one in documents] == [str(workout)] * 2
    assert documents[0] == documents[1]
    assert violations(documents[0], SCHEMA, SCHEMA) == []
    (complaint,) = done.stderr.splitlines()
    assert complaint.startswith(f"lumbar: {bad}: t_s repeats at 0 s in row 3")


def test_csv_has_a_row_for_each_repetition_and_hold(workout: Path) -> None:
    rows = list(csv.DictReader(StringIO(lumbar("analyze", workout, "-f", "csv").stdout)))
    document = json.loads(lumbar("analyze", workout, "-f", "json").stdout)
    ends_s = [
        part["end_s"] for one in document["sets"] for part in one["repetitions"] + one["holds"]
    ]
    assert [float(row["end_s"]) for row in rows] == ends_s
    assert {row["kind"] for row in rows} == {"repetition", "hold"}
    assert rows[0]["trace"] == str(workout)


def test_table_fits_a_terminal_and_the_picture_is_drawn(workout: Path, tmp_path: Path) -> None:
    picture = tmp_path / "workout.png"
    done = lumbar("analyze", workout, "--plot", picture, "--exercise", "glute-bridge")
    assert (done.returncode, done.stderr) == (0, "")
    assert "glute bridge" in done.stdout
    # the title names the file whole, however long its path is
    table = [line for line in done.stdout.splitlines() if str(workout) not in line]
    assert max(map(len, table)) <= 80
    assert picture.read_bytes().startswith(PNG_MAGIC)
    assert picture.stat().st_size > 20_000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "xml"], "choose one of: table, json, jsonl, csv"),
        (["--exercise", "plank"], "choose one of: dead_bug, bird_dog"),
        (["--plot", "/no/such/folder/x.png"], "/no/such/folder/x.png: No such file"),
        (["second.csv", "--plot", "x.png"], "--plot draws one trace"),
    ],
)
def test_wrong_option_is_told_in_one_line(workout: Path, arguments: list[str], said: str) -> None:
    done = lumbar("analyze", workout, *arguments)
    assert done.returncode == 1
    (complaint,) = done.stderr.splitlines()
    assert said in complaint


def test_reader_that_closes_the_pipe_gets_no_complaint(workout: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write) as closed:
        done = subprocess.run(
            [sys.executable, "-m", "lumbar", "analyze", workout, workout, "-f", "jsonl"],
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            timeout=100,
        )
    assert done.stderr == ""
