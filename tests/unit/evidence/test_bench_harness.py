"""The harness of make bench measures fairly; its cases still fit what they measure."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def interleaved(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("interleaved")


def growing_clock() -> Iterator[float]:
    """Return instants 0, 0, 1, 1, 3, 3, 6 ...: each stretch between reads is one longer."""
    now_s = 0.0
    length_s = 0.0
    while True:
        yield now_s
        length_s += 1.0
        yield now_s + length_s
        now_s += length_s


def test_contestants_take_turns_after_one_warm_up(interleaved: ModuleType) -> None:
    ran: list[str] = []
    both = [
        interleaved.Contestant("a", lambda: ran.append("a"), 1),
        interleaved.Contestant("b", lambda: ran.append("b"), 1),
    ]
    clock = growing_clock()
    first, second = interleaved.take_turns(both, 3, lambda: next(clock))
    assert "".join(ran) == "ab" + "ababab"
    assert first.cpu_s == (1.0, 3.0, 5.0)
    assert second.cpu_s == (2.0, 4.0, 6.0)


def test_ratio_is_that_of_the_rounds_and_of_the_work(interleaved: ModuleType) -> None:
    own = interleaved.Timing("own", 100, (1.0, 2.0, 4.0))  # the machine became slower ...
    peer = interleaved.Timing("peer", 50, (2.0, 4.0, 8.0))  # ... for both
    assert interleaved.ratio_to(peer, own) == pytest.approx(4.0)
    assert interleaved.ratio_to(own, own) == pytest.approx(1.0)
    assert peer.iqr_s == pytest.approx(3.0)


@pytest.mark.parametrize(
    "case",
    [
        "live_push",
        "fresh_process",
        "ingest_cost",
        "bulk_speed",
        "chunkings",
        "gateway_cost",
        "gateway_contestants",
        "gateway_day",
        "worn_sensors",
        "worker_mosquitto",
        "worker_contestants",
    ],
)
def test_a_case_still_finds_what_it_measures(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    assert importlib.import_module(case).__doc__


def test_chunkings_of_each_trace_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    done = list(importlib.import_module("chunkings").chunkings(10))
    assert [one.chunkings for one in done] == [2] * 5
    assert [one.differing for one in done] == [0] * 5
    assert all(one.calls > 2 for one in done)


def test_peers_are_pinned_by_hash_and_name_no_host() -> None:
    text = (BENCHMARKS.parents[1] / "requirements-bench.txt").read_text()
    assert "://" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
