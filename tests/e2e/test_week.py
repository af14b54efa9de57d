"""A week of workouts: what the API tells is what was truly done, and what the wearer says."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from databases import DATABASES, fresh_database
from lumbar.verdict import HOLD_TOLERANCE_S
from lumbar_server.database import migrate, open_engine
from lumbar_server.ingest import Ingest
from lumbar_signal import analyze
from running_server import running_server
from simulated_week import MONDAY_UTC, Day, take_in, week

Json = dict[str, Any]
NEAR_S = 2.0  # how well the detector sees edges is the evidence page's affair
NEAR_OF_HOLD = 0.15
PLACE = ("stream_id", "start_index", "end_index")


@pytest.fixture(scope="module")
def days() -> list[Day]:
    return week()


@pytest.fixture(scope="module", params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with fresh_database(request.param, tmp_path_factory.mktemp("week")) as url:
        yield url


@pytest.fixture(scope="module")
def api(days: list[Day], url: str) -> Iterator[httpx.Client]:
    migrate(url)
    engine = open_engine(url)
    now_s = MONDAY_UTC.timestamp() + 8 * 86_400
    take_in(Ingest(engine, lambda: now_s), days)
    engine.dispose()
    with (
        running_server(url, None, lambda: now_s) as address,
        httpx.Client(base_url=address + "/api/v1") as api,
    ):
        yield api


@pytest.fixture(scope="module")
def sessions(api: httpx.Client) -> list[Json]:
    """The sessions in full, the first day first."""
    listed = api.get("/sessions").json()["items"]
    return [api.get(f"/sessions/{one['id']}").json() for one in reversed(listed)]


def test_every_day_has_its_workout_at_its_time(days: list[Day], sessions: list[Json]) -> None:
    assert len(sessions) == len(days)
    for day, session in zip(days, sessions, strict=True):
        assert session["started_utc"][:10] == f"{day.started_utc:%Y-%m-%d}"
        (part,) = session["parts"]
        begins_s = day.sets[0].start_s
        assert part["first_index"] / part["sampling_rate_hz"] == pytest.approx(begins_s, abs=NEAR_S)


def test_every_figure_is_near_what_was_done(days: list[Day], sessions: list[Json]) -> None:
    for day, session in zip(days, sessions, strict=True):
        told = {one["exercise"]: one for one in session["done"]}
        assert list(told) == [one.exercise.value for one in day.sets]
        for true in day.sets:
            found = told[true.exercise.value]
            assert found["repetitions"] == pytest.approx(len(true.repetitions), abs=1)
            for hold in true.holds:
                near_s = max(HOLD_TOLERANCE_S, NEAR_OF_HOLD * hold.duration_s)
                assert found["longest_hold_s"] == pytest.approx(hold.duration_s, abs=near_s)


def test_wherever_the_detector_miscounted_the_wearers_word_counts(
    api: httpx.Client, days: list[Day], sessions: list[Json]
) -> None:
    miscounted = 0
    for day, session in zip(days, sessions, strict=True):
        for true, one in zip(day.sets, session["sets"], strict=True):
            if one["repetitions"] != len(true.repetitions):
                miscounted += 1
                place = {name: one["detected"][name] for name in PLACE}
                said = place | {"repetitions": len(true.repetitions)}
                path = f"/sessions/{session['id']}/corrections"
                assert api.post(path, json=said).status_code == 201
    assert 0 < miscounted < 4  # none at all, and nothing is tried here
    listed = reversed(api.get("/sessions").json()["items"])
    for day, session in zip(days, listed, strict=True):
        counts = [one["repetitions"] for one in session["done"]]
        assert counts == [len(true.repetitions) for true in day.sets]


def test_no_figure_differs_from_those_of_the_detector_in_one_go(
    days: list[Day], sessions: list[Json]
) -> None:
    for day, session in zip(days, sessions, strict=True):
        measured = day.workout.measurement
        alone = analyze(
            measured.counts,
            measured.index,
            sampling_rate_hz=measured.sampling_rate_hz,
            g_per_step=measured.g_per_step,
            dps_per_step=measured.dps_per_step,
        ).sets
        told = [one["detected"] for one in session["sets"]]
        assert [(one["exercise"], one["start_index"], one["end_index"]) for one in told] == [
            (one.exercise.value, one.start, one.end) for one in alone
        ]
        assert [len(one["repetitions"]) for one in told] == [len(one.repetitions) for one in alone]


def test_samples_come_out_as_they_were_measured(api: httpx.Client, days: list[Day]) -> None:
    for day in days:
        path = f"/streams/{day.stream_id:016x}/samples"
        answer = api.get(path, params={"encoding": "int16", "limit": 100_000})
        assert answer.content == day.counts.astype("<i2").tobytes()
