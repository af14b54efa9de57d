"""History and summary over HTTP as a browser without a script uses them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from databases import DATABASES, fresh_database
from ingested import STREAM, commit
from lumbar_server.database import migrate, open_engine
from lumbar_server.ingest import Ingest
from running_server import running_server
from stream_messages import START_S, PublishedStream
from synthetic_bridge import bridge_samples

DAY_S = 86_400.0
SET_KEY = re.compile(r'id="set-([0-9a-f]{16}-\d+)"')


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as url:
        migrate(url)
        engine = open_engine(url)
        commit(Ingest(engine, lambda: START_S), *STREAM.batches(50), STREAM.end())
        engine.dispose()
        yield url


@pytest.fixture
def site(url: str) -> Iterator[httpx.Client]:
    with (
        running_server(url, None, lambda: START_S + DAY_S) as address,
        httpx.Client(base_url=address, headers={"Accept": "text/html"}) as site,
    ):
        yield site


@pytest.fixture
def path(site: httpx.Client) -> str:
    """The address of the one workout."""
    found = re.search(r'href="(/sessions/\d+)"', site.get("/history").text)
    assert found
    return found[1]


def set_path(site: httpx.Client, path: str) -> str:
    found = SET_KEY.search(site.get(path).text)
    assert found
    return f"{path}/sets/{found[1]}"


def seen(site: httpx.Client, path: str, action: str, near: str) -> str:
    """The tag in the form of that action that has ``near`` in it."""
    forms = re.findall(r"<form.*?</form>", site.get(path).text, re.S)
    (mine,) = [one for one in forms if f'action="{action}"' in one and near in one]
    found = re.search(r'name="seen" value="(\w+)"', mine)
    assert found
    return found[1]


def whole(site: httpx.Client, path: str) -> dict[str, Any]:
    found: dict[str, Any] = site.get("/api/v1" + path).json()
    return found


def test_history_shows_the_workout_in_month_and_list(site: httpx.Client, path: str) -> None:
    text = site.get("/history").text
    assert "June 2025: 1 workout" in text
    assert text.count(f'href="{path}"') == 2
    assert "Glute bridge 5\u00a0×" in text
    assert "Sun 15 Jun 2025, 15:06" in text


def test_times_are_in_the_zone_that_the_wearer_chooses(site: httpx.Client, path: str) -> None:
    answer = site.post("/history/wearers/1", data={"time_zone": "Pacific/Kiritimati"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/history?wearer=1")
    text = site.get("/history").text
    assert "Mon 16 Jun 2025, 05:06" in text
    assert f'<td class="done"><a href="{path}"><span class="number">16</span>' in text
    assert path in site.get("/history?day=2025-06-16").text
    assert "No workout yet" in site.get("/history?day=2025-06-15").text
    refused = site.post("/history/wearers/1", data={"time_zone": "Mars/Olympus"})
    assert refused.status_code == 400


def test_summary_shows_what_was_seen_and_how_sure_that_is(site: httpx.Client, path: str) -> None:
    text = site.get(path).text
    assert "seen 5\u00a0×" in text
    assert re.search(r"sure, \d\d&nbsp;%", text)
    assert "all received" in text


def test_count_is_corrected_by_one_press_of_a_button(site: httpx.Client, path: str) -> None:
    action = set_path(site, path)
    data = {"seen": seen(site, path, action, "repetitions"), "repetitions": "6"}
    answer = site.post(action, data=data)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(path + "#set-")
    (found,) = whole(site, path)["sets"]
    assert (found["repetitions"], len(found["detected"]["repetitions"])) == (6, 5)
    text = site.get(path).text
    assert "seen 5\u00a0×" in text
    assert "<b>6</b>" in text
    back = {"seen": seen(site, path, action, "repetitions"), "take_back": "1"}
    assert site.post(action, data=back).status_code == 303
    assert whole(site, path)["sets"][0]["repetitions"] == 5


def test_of_two_who_change_one_set_the_second_is_told(site: httpx.Client, path: str) -> None:
    action = set_path(site, path)
    tag = seen(site, path, action, "repetitions")
    first = site.post(action, data={"seen": tag, "repetitions": "6"})
    second = site.post(action, data={"seen": tag, "repetitions": "4"})
    assert (first.status_code, second.status_code) == (303, 412)
    assert "Load the page again" in second.text
    assert whole(site, path)["sets"][0]["repetitions"] == 6


def test_exercise_and_times_are_corrected(site: httpx.Client, path: str) -> None:
    action = set_path(site, path)
    data = {"seen": seen(site, path, action, "exercise"), "exercise": "pelvic_tilt"}
    site.post(action, data=data)
    data = {"seen": seen(site, path, action, "Save the times"), "start": "0:01", "end": "0:20"}
    site.post(action, data=data)
    (found,) = whole(site, path)["sets"]
    assert (found["exercise"], found["start_s"], found["end_s"]) == ("pelvic_tilt", 1.0, 20.0)


def test_set_is_removed_and_comes_back(site: httpx.Client, path: str) -> None:
    action = set_path(site, path)
    site.post(action, data={"seen": seen(site, path, action, "removed"), "removed": "1"})
    assert whole(site, path)["done"] == []
    assert "No set counts." in site.get(path).text
    site.post(action, data={"seen": seen(site, path, action, "Undo"), "removed": "0"})
    assert whole(site, path)["done"][0]["repetitions"] == 5


def test_set_that_nobody_saw_is_added_changed_and_removed(site: httpx.Client, path: str) -> None:
    told = {"exercise": "dead_bug", "start": "1:00", "lasted": "30", "repetitions": "10"}
    place = site.post(path + "/sets", data=told).headers["location"]
    action = path + "/sets/" + place.partition("#set-")[2]
    data = {"seen": seen(site, path, action, "repetitions"), "repetitions": "11"}
    assert site.post(action, data=data).headers["location"] == place
    assert [one["repetitions"] for one in whole(site, path)["sets"]] == [5, 11]
    site.post(action, data={"seen": seen(site, path, action, "removed"), "removed": "1"})
    assert len(whole(site, path)["sets"]) == 1


def test_comfort_effort_and_note_are_kept(site: httpx.Client, path: str) -> None:
    said = {"comfort_before": "2", "comfort_during": "4", "comfort_after": "3", "effort": "5"}
    for name, value in said.items():
        tag = seen(site, path, path, "comfort_before")
        assert site.post(path, data={"seen": tag, name: value}).status_code == 303
    site.post(path, data={"seen": seen(site, path, path, "textarea"), "note": "<b>good</b>"})
    session = whole(site, path)
    assert [str(session[name]) for name in said] == list(said.values())
    assert session["note"] == "<b>good</b>"
    assert "&lt;b&gt;good" in site.get(path).text
    assert "2 → 3" in site.get("/history").text


def test_discarded_workout_is_found_again_and_taken_back(site: httpx.Client, path: str) -> None:
    site.post(path, data={"seen": seen(site, path, path, "discarded"), "discarded": "1"})
    assert path not in site.get("/history").text
    assert path in site.get("/history?discarded=true").text
    assert "Nothing was deleted" in site.get(path).text
    site.post(path, data={"seen": seen(site, path, path, "discarded"), "discarded": "0"})
    assert path in site.get("/history").text


def test_running_workout_is_ended_from_its_summary(site: httpx.Client) -> None:
    begun = site.post("/api/v1/sessions", json={}).json()
    path = f"/sessions/{begun['id']}"
    assert "still running" in site.get(path).text
    site.post(path, data={"seen": seen(site, path, path, "stop"), "stop": "1"})
    assert whole(site, path)["ended_utc"] is not None


def test_list_is_of_the_wearer_who_was_chosen_and_comes_in_pages(site: httpx.Client) -> None:
    ada = site.post("/api/v1/wearers", json={"name": "Ada", "time_zone": "Europe/Vienna"}).json()
    for minute in range(21):
        times = {f"{name}_utc": f"2026-10-25T0{hour}:{minute:02}:00Z" for name, hour in HOURS}
        assert site.post("/api/v1/sessions", json=times | {"wearer_id": ada["id"]}).is_success
    first = site.get(f"/history?wearer={ada['id']}&month=2026-10").text
    assert "October 2026: 21 workouts, Ada" in first
    assert "Sun 25 Oct 2026, 02:20" in first
    more = re.search(r'id="more" href="([^"]+)"', first)
    assert more
    rest = site.get(more[1].replace("&amp;", "&")).text
    assert "Sun 25 Oct 2026, 02:00" in rest
    assert 'id="more"' not in rest
    assert "October 2026: no workouts, Me" in site.get("/history?wearer=1&month=2026-10").text


HOURS = (("started", 0), ("ended", 1))


def test_progress_has_a_table_of_what_was_done(site: httpx.Client, path: str) -> None:
    site.post(path, data={"seen": seen(site, path, path, "effort"), "effort": "5"})
    text = site.get("/history/progress").text
    assert re.search(r'<td data-value="5">5</td>\s*<td data-value="2\d\.\d+">2\d</td>', text)
    assert "1 workout in 90 days" in text
    assert '<td data-value="5">5</td></tr>' in text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/history/progress?days=0", 422),
        ("/history/progress?wearer=99", 404),
        ("/history?month=2026-99", 400),
        ("/history?day=9999-12-31", 400),
        ("/history?wearer=99", 404),
        ("/history?wearer=x", 422),
        ("/history?cursor=nonsense", 400),
        ("/sessions/99", 404),
        ("/sessions/none", 422),
    ],
)
def test_page_that_is_not_there_says_so(site: httpx.Client, path: str, status: int) -> None:
    assert site.get(path).status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"effort=11", 412),
        (b"\xff\xfe", 400),
        (b"note=%00", 400),
        (b"&".join(b"note=x" for _ in range(300)), 400),
        (b"note=" + b"x" * 70_000, 400),
    ],
)
def test_form_that_no_page_has_is_refused(
    site: httpx.Client, path: str, body: bytes, status: int
) -> None:
    answer = site.post(path, content=body, headers={"Content-Type": FORM})
    assert answer.status_code == status
    assert whole(site, path)["note"] == ""


FORM = "application/x-www-form-urlencoded"


def test_second_sensor_of_a_workout_adds_its_sets(url: str, site: httpx.Client, path: str) -> None:
    engine = open_engine(url)
    other = PublishedStream("SIM-2", 0x77, bridge_samples(6, seed=2))
    commit(Ingest(engine, lambda: START_S), *other.batches(50), other.end(), topic=other.topic)
    engine.dispose()
    text = site.get(path).text
    assert len(set(SET_KEY.findall(text))) == 2
    assert "Sensor SIM-2" in text


def test_timeline_tells_everything_in_tables(site: httpx.Client, path: str) -> None:
    text = site.get(path + "/timeline").text
    assert text.count('<tr data-from="') >= 7  # a set, five repetitions, a posture
    assert "Repetition 5" in text
    assert "On the back" in text
    assert "all of it" in text
    assert '<table id="signal-table">' in text
    closer = re.search(r'id="closer" href="([^"]+)"', text)
    assert closer
    nearer = site.get(closer[1].replace("&amp;", "&")).text
    assert "all of it" not in nearer
    assert "Repetition 3" in nearer
    assert "Repetition 5" not in nearer


def test_signal_for_a_plot_has_at_most_so_many_points(site: httpx.Client, path: str) -> None:
    params = {"from_s": 0.0, "to_s": 10.0, "points": 50}
    found = site.get(path + "/timeline/signal", params=params).json()
    assert {len(column) for column in found.values()} == {50}
    assert 0.0 <= found["t_s"][0] < found["t_s"][-1] <= 10.0
    nothing = site.get(path + "/timeline/signal", params=params | {"from_s": 1e6, "to_s": 2e6})
    assert nothing.json()["up_low_g"] == [None]


def test_repetition_says_why_it_counted(site: httpx.Client, path: str) -> None:
    text = site.get(set_path(site, path) + "/why?repetition=3").text
    assert "Why repetition 3 counted" in text
    assert re.search(r"Range</th><td>2\d\.\d°", text)
    assert re.search(r"The sensor rose by about</th><td>\d+&nbsp;cm", text)
    assert "On the back" in text
    assert "What did not count around this set" in text


def test_workout_without_a_sensor_has_an_empty_timeline(site: httpx.Client) -> None:
    begun = site.post("/api/v1/sessions", json={}).json()
    assert "No sensor was heard" in site.get(f"/sessions/{begun['id']}/timeline").text


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        ("/timeline?stream=00000000000000ff", 404),
        ("/timeline?from_s=nan", 422),
        ("/timeline/signal?from_s=0&to_s=9&points=100000", 422),
        ("/timeline/signal?from_s=0&to_s=9&frame=1,2", 400),
        ("/timeline/signal?from_s=0&to_s=9&frame=1,0,0,0,0,nan", 400),
        ("/sets/said-1/why", 404),
        ("/sets/..%2f/why", 404),
        (f"/sets/{STREAM.key}-1/why", 404),
    ],
)
def test_timeline_refuses_what_is_not_there(
    site: httpx.Client, path: str, rest: str, status: int
) -> None:
    assert site.get(path + rest).status_code == status


def test_repetition_that_is_not_there_is_refused(site: httpx.Client, path: str) -> None:
    answer = site.get(set_path(site, path) + "/why?repetition=6")
    assert answer.status_code == 404
    assert "choose one of them" in answer.text
