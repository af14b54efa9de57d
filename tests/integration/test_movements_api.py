"""The movements over HTTP: what the data says, whole."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from lumbar_server.programme.catalogue import read_catalogue
from running_api import running_api
from stream_messages import START_S

Json = dict[str, Any]


@pytest.fixture
def api(url: str) -> Iterator[httpx.Client]:
    with running_api(url, START_S) as api:
        yield api


def test_all_movements_are_told_with_their_ladders(api: httpx.Client) -> None:
    told = api.get("/programme/movements").json()
    catalogue = read_catalogue()
    assert [one["exercise"] for one in told["movements"]] == list(catalogue.movements)
    assert told["data_sha256"] == catalogue.sha256
    for one in told["movements"]:
        ladder = catalogue.ladders[one["ladder"]]
        assert one["start"] == ladder.start
        assert [rung["form"] for rung in one["rungs"]] == [rung.form for rung in ladder.rungs]
        assert one["exercise"] in {rung["exercise"] for rung in one["rungs"]}


def test_it_says_that_nobody_has_reviewed_it(api: httpx.Client) -> None:
    told = api.get("/programme/movements").json()
    assert (told["reviewed_by"], told["reviewed_on"]) == (None, None)


def test_a_movement_is_told_as_the_data_has_it(api: httpx.Client) -> None:
    told = {one["exercise"]: one for one in api.get("/programme/movements").json()["movements"]}
    bird_dog = told["bird_dog"]
    assert (bird_dog["name"], bird_dog["kind"], bird_dog["counting"]) == (
        "Bird dog",
        "control",
        "medium",
    )
    assert bird_dog["needs"] == ["all_fours", "kneeling"]
    assert bird_dog["rungs"][bird_dog["start"]] == {
        "exercise": "bird_dog",
        "form": "opposite arm and leg",
        "load": None,
        "dose": {"sets": 2, "repetitions": 5, "hold_s": 5.0, "per_side": True},
    }
    assert set(bird_dog["say"]) == {"start", "good", "side", "end"}
    assert told["forearm_plank"]["ladder"] == told["wall_plank"]["ladder"] == "plank"


def test_a_copy_is_good_until_the_data_changes(api: httpx.Client) -> None:
    tag = api.get("/programme/movements").headers["etag"]
    again = api.get("/programme/movements", headers={"If-None-Match": tag})
    assert again.status_code == 304
