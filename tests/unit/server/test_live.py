"""The live board and its viewers."""

import asyncio
import json
from typing import Any

import numpy as np

from lumbar_gateway.messages import Ack, GatewayStatus, IndexRanges, LiveEvents, Topic
from lumbar_server.live import LiveBoard, Viewer
from stream_messages import START_S, PublishedStream

STREAM = PublishedStream("S1", 5, np.arange(9000, dtype=np.int16).reshape(3000, 3))
FAST = PublishedStream("S1", 6, STREAM.samples, rate_hz=200.0)
SAMPLES, EVENTS, ACK = (Topic("S1", what) for what in ("samples/g1", "events", "ack/5"))


def new_board() -> LiveBoard:
    return LiveBoard(lambda: START_S + 2.0)


def state(board: LiveBoard, repetitions: int, stream_id: int = 5, *, live: bool = True) -> None:
    content = {"repetitions": repetitions, "live": live}
    board.take(EVENTS, LiveEvents(stream_id, 10, [], content))


async def read(viewer: Viewer) -> list[tuple[str, Any]]:
    """Read what waits for a viewer, then hang up."""
    viewer.close()
    text = b"".join([message async for message in viewer.messages()]).decode()
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line)
        if fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


async def test_slow_viewer_misses_strips_but_has_the_newest_state() -> None:
    board = new_board()
    viewer = board.open(None)
    for number in range(100):
        board.take(SAMPLES, STREAM.batch(number, number + 1))
        board.tick()
        state(board, number)
    heard = await read(viewer)
    assert [content["repetitions"] for kind, content in heard if kind == "state"] == [99]
    strips = [content["first_index"] for kind, content in heard if kind == "samples"]
    assert strips == list(range(80, 100))


async def test_strip_leaves_at_once_and_what_comes_too_often_is_put_together() -> None:
    board = new_board()
    viewer = board.open(None)
    steps = {0: "at once", 1: "waits", 2: "waits", 3: "after a tick", 4: "after two"}
    for number in steps:
        if number >= 3:
            board.tick()
        if number == 4:
            board.tick()
        board.take(SAMPLES, STREAM.batch(number, number + 1))
    heard = [content for kind, content in await read(viewer) if kind == "samples"]
    strips = [(one["first_index"], len(one["samples"])) for one in heard]
    assert strips == [(0, 1), (1, 2), (3, 1), (4, 1)]


async def test_ids_rise() -> None:
    board = new_board()
    viewer = board.open(None)
    state(board, 1)
    first = await anext(viewer.messages())
    state(board, 2)
    second = await anext(viewer.messages())
    numbers = [int(text.split(b"\n", 1)[0].removeprefix(b"id: ")) for text in (first, second)]
    assert numbers[0] < numbers[1]


async def test_fast_stream_is_thinned_on_a_fixed_grid() -> None:
    board = new_board()
    viewer = board.open(None)
    for first in range(0, 200, 50):
        board.take(SAMPLES, FAST.batch(first, first + 50))
        board.tick()
    rows: list[list[int]] = []
    for kind, content in await read(viewer):
        if kind == "samples":
            assert content["first_index"] == 4 * len(rows)
            rows += content["samples"]
    assert rows == FAST.samples[:200:4].tolist()


async def test_old_samples_and_back_filled_ones_are_not_shown() -> None:
    board = LiveBoard(lambda: START_S + 3600.0)
    viewer = board.open(None)
    board.take(SAMPLES, STREAM.batch(0, 50))
    board.tick()
    assert await read(viewer) == []


async def test_old_stream_being_filled_in_does_not_displace_the_live_one() -> None:
    board = new_board()
    viewer = board.open(None)
    board.take(SAMPLES, STREAM.batch(0, 50))
    state(board, 3)
    state(board, 8, stream_id=4, live=False)
    states = [content for kind, content in await read(viewer) if kind == "state"]
    assert [one["repetitions"] for one in states] == [3]


async def test_change_of_the_record_is_told_once() -> None:
    board = new_board()
    assert not board.has_viewers
    viewer = board.open("S1")
    assert board.has_viewers
    for change in (7, 7, 8):
        board.record(change)
        board.tick()
    told = [content["change"] for kind, content in await read(viewer) if kind == "record"]
    assert told == [8]  # the newest of what it had not read


async def test_workout_without_a_word_for_long_is_not_shown_to_who_comes_later() -> None:
    now_s = START_S
    board = LiveBoard(lambda: now_s)
    state(board, 3)
    now_s += 599.0
    assert [kind for kind, _ in await read(board.open(None))] == ["state"]
    now_s += 2.0
    assert await read(board.open(None)) == []


async def test_saved_counts_what_is_not_stored_yet() -> None:
    board = new_board()
    viewer = board.open(None)
    board.take(SAMPLES, STREAM.batch(0, 150))
    board.take(ACK, Ack(5, IndexRanges([(0, 50)]), IndexRanges(), None))
    (saved,) = [content for kind, content in await read(viewer) if kind == "saved"]
    assert (saved["stored_end"], saved["waiting_s"]) == (50, 2)


async def test_sensor_that_two_gateways_hear_is_connected_where_one_has_it() -> None:
    board = new_board()

    async def link() -> tuple[str, str]:
        (found,) = [one for kind, one in await read(board.open(None)) if kind == "link"]
        return found["link"], found["gateway_id"]

    def tell(gateway_id: str, link: str, at_s: float) -> None:
        status = GatewayStatus(link, None, 0, START_S + at_s, gateway_id)
        board.take(Topic("S1", f"status/{gateway_id}"), status)

    tell("near", "connected", 0.0)
    tell("far", "searching", 1.0)
    assert await link() == ("connected", "near")
    board.take(Topic("near", "gateway"), GatewayStatus("gateway offline"))
    assert await link() == ("searching", "far")
    board.take(Topic("far", "gateway"), GatewayStatus("gateway offline"))
    assert await link() == ("gateway offline", "far")


async def test_viewer_that_comes_after_the_close_is_sent_home() -> None:
    board = new_board()
    board.close()
    viewer = board.open(None)
    await asyncio.wait_for(read_to_the_end(viewer), 5)


async def read_to_the_end(viewer: Viewer) -> None:
    async for _ in viewer.messages():
        pass
