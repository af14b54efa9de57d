"""What the spool's load does, and the judgement of it, on a disk that keeps everything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lumbar_gateway.spool import SpoolFile
from power_cut import Promise, judge_spool
from spool_load import load


@pytest.fixture
def spooled(tmp_path: Path) -> tuple[Path, Promise]:
    """A spool, and what its writer had told when it ended."""
    spool = SpoolFile(tmp_path / "spool.db")
    told = dict(line.split() for _, line in zip(range(100), load(spool), strict=False))
    spool.close()
    return tmp_path / "spool.db", Promise(0, int(told["committed"]), int(told["acked"]))


def test_what_was_told_is_there(spooled: tuple[Path, Promise]) -> None:
    path, promised = spooled
    assert promised.committed > promised.acked > 0
    assert judge_spool(path, promised) == []


def test_a_commit_that_is_not_there_is_seen(spooled: tuple[Path, Promise]) -> None:
    path, promised = spooled
    (problem,) = judge_spool(path, replace(promised, committed=promised.committed + 10))
    assert problem.startswith("received")


def test_an_acknowledgement_that_is_not_there_is_seen(spooled: tuple[Path, Promise]) -> None:
    path, promised = spooled
    (problem,) = judge_spool(path, replace(promised, acked=promised.acked + 10))
    assert problem.endswith("samples are deleted")


def test_a_spool_without_its_stream_is_seen(tmp_path: Path) -> None:
    SpoolFile(tmp_path / "spool.db").close()
    assert judge_spool(tmp_path / "spool.db", Promise(0, 10, 0)) == [
        "nothing of the stream is there"
    ]
