"""After a week with corrections, pages, API and exports tell the same figures: the true ones."""

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pyarrow.parquet as parquet
import pytest
from garmin_fit_sdk import Decoder, Stream

from databases import DATABASES, fresh_database
from lumbar_server.database import migrate, open_engine
from lumbar_server.ingest import Ingest
from running_server import running_server
from simulated_week import MONDAY_UTC, Day, take_in, week

Json = dict[str, Any]
PLACE = ("stream_id", "start_index", "end_index")
FIT_CATEGORY = {"glute_bridge": "hip_raise", "forearm_plank": "plank", "cat_cow": "warm_up"}


@pytest.fixture(scope="module")
def days() -> list[Day]:
    return week()


@pytest.fixture(scope="module", params=DATABASES)
def server(
    request: pytest.FixtureRequest, days: list[Day], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A week whose wearer has put every count right that was not."""
    now_s = MONDAY_UTC.timestamp() + 8 * 86_400
    with fresh_database(request.param, tmp_path_factory.mktemp("alike")) as url:
        migrate(url)
        engine = open_engine(url)
        take_in(Ingest(engine, lambda: now_s), days)
        engine.dispose()
        with (
            running_server(url, None, lambda: now_s) as address,
            httpx.Client(base_url=address, timeout=60.0) as server,
        ):
            put_right(server, days)
            yield server


def put_right(server: httpx.Client, days: list[Day]) -> None:
    for day, session in zip(days, sessions(server), strict=True):
        for true, one in zip(day.sets, session["sets"], strict=True):
            if one["repetitions"] != len(true.repetitions):
                said = {name: one["detected"][name] for name in PLACE}
                said |= {"repetitions": len(true.repetitions)}
                path = f"/api/v1/sessions/{session['id']}/corrections"
                assert server.post(path, json=said).status_code == 201


def sessions(server: httpx.Client) -> list[Json]:
    """The sessions in full, the first day first."""
    listed = server.get("/api/v1/sessions").json()["items"]
    return [server.get(f"/api/v1/sessions/{one['id']}").json() for one in reversed(listed)]


def true_counts(days: list[Day]) -> list[tuple[str, int]]:
    return [(one.exercise.value, len(one.repetitions)) for day in days for one in day.sets]


def members(server: httpx.Client, form: str) -> dict[str, bytes]:
    answer = server.get("/api/v1/export", params={"form": form})
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def text_of(page: httpx.Response) -> str:
    assert page.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_api(server: httpx.Client, days: list[Day]) -> None:
    told = [(one["exercise"], one["repetitions"]) for s in sessions(server) for one in s["sets"]]
    assert told == true_counts(days)


def test_summaries(server: httpx.Client, days: list[Day]) -> None:
    for day, session in zip(days, sessions(server), strict=True):
        shown = text_of(server.get(f"/sessions/{session['id']}"))
        bridges, plank, cats = day.sets
        longest_s = session["done"][1]["longest_hold_s"]
        assert f"Glute bridge {len(bridges.repetitions)} ×" in shown
        assert f"Forearm plank {round(longest_s)} s" in shown
        assert len(plank.holds) == 1
        assert f"Cat and cow {len(cats.repetitions)} ×" in shown


def test_history(server: httpx.Client, days: list[Day]) -> None:
    shown = text_of(server.get("/history"))
    assert f"{len(days)} workouts" in shown
    for day in days:
        bridges, _, cats = day.sets
        assert f"Glute bridge {len(bridges.repetitions)} ×; Forearm plank" in shown
        assert f"Cat and cow {len(cats.repetitions)} ×" in shown


def test_csv(server: httpx.Client, days: list[Day]) -> None:
    rows = csv.DictReader(io.StringIO(members(server, "csv")["sets.csv"].decode()))
    assert [(row["exercise"], int(row["repetitions"])) for row in rows] == true_counts(days)


def test_parquet(server: httpx.Client, days: list[Day]) -> None:
    found = members(server, "parquet")
    sets = parquet.read_table(io.BytesIO(found["sets.parquet"])).to_pylist()
    assert [(row["exercise"], row["repetitions"]) for row in sets] == true_counts(days)


def test_json(server: httpx.Client, days: list[Day]) -> None:
    record = server.get("/api/v1/export", params={"form": "json"}).json()
    told = [len(session["corrections"]) for session in record["sessions"]]
    assert len(told) == len(days)
    assert sum(told) > 0
    assert len(record["streams"]) == len(days)


def test_fit(server: httpx.Client, days: list[Day]) -> None:
    told = []
    for _, content in sorted(members(server, "fit").items()):
        messages, errors = Decoder(Stream.from_byte_array(bytearray(content))).read()
        assert not errors
        active = [one for one in messages["set_mesgs"] if one["set_type"] == "active"]
        told += [(one["category"], one.get("repetitions", 0)) for one in active]
    assert told == [(FIT_CATEGORY[name], count) for name, count in true_counts(days)]
