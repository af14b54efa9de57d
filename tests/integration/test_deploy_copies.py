"""The record out of one database and into another, by command."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from household import all_records, fill
from lumbar.cli import app
from lumbar.errors import UsageError
from lumbar.record_copy import form_of
from lumbar.scoring.document_files import read_truths
from lumbar_server.database import migrate, open_engine
from lumbar_server.errors import BadRequestError, NotFoundError
from lumbar_server.exports.forms import Form


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A household's folder, which has SQLite."""
    folder = tmp_path_factory.mktemp("data")
    url = f"sqlite:///{folder / 'lumbar.db'}"
    migrate(url)
    engine = open_engine(url)
    fill(engine)
    engine.dispose()
    return folder


def lumbar(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("name", ["all.json", "all.json.gz"])
def test_record_moves_to_another_folder_once(data: Path, tmp_path: Path, name: str) -> None:
    file, elsewhere = tmp_path / name, tmp_path / "new" / "place"
    assert "bytes" in lumbar("export", file, "--data", data)
    assert "3 sessions" in lumbar("import", file, "--data", elsewhere)
    assert "everything in it is here already" in lumbar("import", file, "--data", elsewhere)
    engines = [open_engine(f"sqlite:///{folder / 'lumbar.db'}") for folder in (data, elsewhere)]
    notes = [sorted(one.note for one in all_records(engine)) for engine in engines]
    assert notes[0] == notes[1]


def test_every_ending_is_a_form(data: Path, tmp_path: Path) -> None:
    for name in ("x.csv.zip", "x.parquet.zip", "x.fit.zip"):
        lumbar("export", tmp_path / name, "--data", data)
        with zipfile.ZipFile(tmp_path / name) as archive:
            assert archive.testzip() is None
    lumbar("export", tmp_path / "x.fit", "--session", 1, "--data", data)
    assert (tmp_path / "x.fit").read_bytes()[8:12] == b".FIT"
    lumbar("export", tmp_path / "x", "--form", "json", "--wearer", 2, "--data", data)
    document = json.loads((tmp_path / "x").read_text())
    assert [one["name"] for one in document["wearers"]] == ["Ada"]
    assert form_of(Path("monday.csv.gz"), None) is None
    assert form_of(Path("monday.csv"), "csv") is Form.CSV


def test_what_cannot_be_is_told(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="or give --form"):
        lumbar("export", tmp_path / "x.bin", "--data", data)
    with pytest.raises(UsageError, match="choose one of: json, csv, parquet, fit, labels"):
        lumbar("export", tmp_path / "x.json", "--form", "pdf", "--data", data)
    with pytest.raises(UsageError, match="a FIT file is one session"):
        lumbar("export", tmp_path / "x.fit", "--data", data)
    with pytest.raises(UsageError, match="give one of"):
        lumbar("export", tmp_path / "x.json", "--session", 1, "--wearer", 1, "--data", data)
    with pytest.raises(UsageError, match="a trace is of one stream"):
        lumbar("export", tmp_path / "x.csv", "--session", 1, "--data", data)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_made_leaves_the_old_one(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text("old")
    with pytest.raises(NotFoundError):
        lumbar("export", file, "--session", 99, "--data", data)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text("{}")
    with pytest.raises(BadRequestError):
        lumbar("import", file, "--data", tmp_path)
    packed = gzip.compress(b"x" * 10_000)
    for content in (packed[:-9], packed[:20] + b"\0" * 9 + packed[29:]):
        file.write_bytes(content)
        with pytest.raises(UsageError, match="damaged gzip"):
            lumbar("import", file, "--data", tmp_path)


def test_corrected_streams_can_be_scored(data: Path, tmp_path: Path) -> None:
    labels = tmp_path / "all.labels.jsonl"
    lumbar("export", labels, "--data", data)
    truths = read_truths(labels)
    assert truths.keys() == {"0000000000001234", "0000000000000099", "fedcba9876543210"}
    (bridges,) = truths["0000000000001234"].sets
    assert (bridges.exercise, len(bridges.repetitions)) == ("glute_bridge", 7)
    trace, found = tmp_path / "0000000000001234.csv", tmp_path / "found.jsonl"
    for stem in truths:
        lumbar("export", trace.with_name(f"{stem}.csv"), "--stream", stem, "--data", data)
    traces = [trace.with_name(f"{stem}.csv") for stem in truths]
    found.write_text(lumbar("analyze", *traces, "--format", "jsonl"))
    score = json.loads(lumbar("score", "--truth", labels, "--analysis", found, "-f", "json"))
    assert score["traces"] == 3
    assert score["overall"]["recognition"]
