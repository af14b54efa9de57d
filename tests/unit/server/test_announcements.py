"""Acknowledgements: coalesced, bounded, and to whom it concerns."""

from collections.abc import Sequence

from lumbar_gateway.messages import Ack, IndexRanges, Refusal, Topic
from lumbar_gateway.messages.ack import MAX_RANGES, ack_topic
from lumbar_server.announcements import PERIOD_S, Announcements
from lumbar_server.ingest import Committed
from lumbar_server.store.streams import StreamRecord

STREAM_ID = 7
KEY = f"{STREAM_ID:016x}"


class Wall:
    """A clock to be set, and what was published by it."""

    def __init__(self) -> None:
        self.now_s = 1.75e9
        self.is_away = False
        self.acks: list[tuple[str, Ack]] = []
        self.announcements = Announcements(self.publish, lambda: self.now_s)

    def publish(self, topic: str, payload: bytes, *, qos: int, retain: bool) -> bool:
        if "/ack/" in topic and not self.is_away:
            assert (qos, retain) == (1, True)
            self.acks.append((Topic.parse(topic).sensor_id, Ack.from_bytes(payload)))
        return not self.is_away

    def commit(
        self,
        stored: Sequence[tuple[int, int]],
        recent: Sequence[tuple[int, int]] = (),
        **refusals: Sequence[Refusal],
    ) -> None:
        record = StreamRecord(KEY, "A", stored=IndexRanges(stored))
        done = Committed(record, None, [], None, IndexRanges(recent), refusals)
        self.announcements.committed([done])


def refusal(number: int) -> Refusal:
    return Refusal(number, number + 1, number)


def test_a_refusal_goes_to_the_sensor_whose_name_was_used() -> None:
    wall = Wall()
    wall.commit([(0, 10)], B=[refusal(1)])
    assert wall.acks == [
        ("A", Ack(STREAM_ID, IndexRanges([(0, 10)]), IndexRanges(), None)),
        ("B", Ack(STREAM_ID, IndexRanges(), IndexRanges(), None, (refusal(1),))),
    ]


def test_refusals_wait_for_the_next_acknowledgement_and_are_told_once() -> None:
    wall = Wall()
    wall.commit([(0, 10)])
    wall.commit([(0, 10)], A=[refusal(1)])
    wall.commit([(0, 10)], A=[refusal(2), refusal(1)])
    assert len(wall.acks) == 1
    wall.now_s += PERIOD_S
    wall.announcements.publish_due()
    wall.now_s += PERIOD_S
    wall.commit([(0, 20)])
    assert [ack.refused for _, ack in wall.acks] == [(), (refusal(1), refusal(2)), ()]


def test_refusals_survive_a_broker_that_is_away() -> None:
    wall = Wall()
    wall.is_away = True
    wall.commit([(0, 10)], A=[refusal(1)])
    wall.is_away = False
    wall.announcements.repeat_all()
    assert [ack.refused for _, ack in wall.acks] == [(refusal(1),)]


def test_of_very_many_ranges_the_recent_ones_are_told() -> None:
    wall = Wall()
    many = [(3 * i, 3 * i + 1) for i in range(30_000)]
    wall.commit(many, recent=[(60_000, 60_007)])
    ((_, ack),) = wall.acks
    assert len(ack.stored) < MAX_RANGES
    assert [ack.stored.covers(i, i + 1) for i in (60_000, 60_003, 60_006)] == [True] * 3


def test_forgotten_streams_leave_nothing_behind() -> None:
    wall = Wall()
    wall.commit([(0, 10)], B=[refusal(1)])
    wall.announcements.forget(0)
    assert wall.announcements.publish_due() is None
    assert ack_topic(STREAM_ID) == f"ack/{KEY}"
