"""The spool's file: once each, first bytes stay, nothing deleted without the server's word."""

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_streams import STREAM, packet
from lumbar_gateway.boot_table import KEPT_BOOTS, BootTable
from lumbar_gateway.errors import ProfileError, SpoolError
from lumbar_gateway.messages import Ack, IndexRanges
from lumbar_gateway.spool import SpoolFile
from lumbar_gateway.streams import LostRange

ID = STREAM.stream_id


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[SpoolFile]:
    file = SpoolFile(tmp_path / "spool.db")
    file.register(STREAM)
    yield file
    file.close()


def indices(file: SpoolFile) -> list[int]:
    """Every sample index in the file, in the order of rows."""
    rows = file.rows_after(ID, 0, 10_000)
    return [i for row in rows for i in range(row.packet.first_index, row.packet.end_index)]


def stored_values(file: SpoolFile) -> list[int]:
    rows = file.rows_after(ID, 0, 10_000)
    return sorted(int(x) for row in rows for x in np.frombuffer(row.packet.body, "<i2")[::3])


def ack(*stored: tuple[int, int], lost: tuple[tuple[int, int], ...] = ()) -> Ack:
    return Ack(ID, IndexRanges(stored), IndexRanges(lost), None)


def test_packets_come_back_in_the_order_of_arrival(spool: SpoolFile) -> None:
    spool.append([packet(10, 15), packet(0, 10)])
    spool.append([packet(15, 20)])
    assert indices(spool) == [*range(10, 15), *range(10), *range(15, 20)]
    assert spool.received(ID) == IndexRanges([(0, 20)])


def test_overlap_is_cut_to_what_is_new(spool: SpoolFile) -> None:
    spool.append([packet(10, 20)])
    report = spool.append([packet(0, 60, live=False)])
    assert report.stored == {ID: 50}
    assert report.differing == ()
    rows = [row.packet for row in spool.rows_after(ID, 0, 10)]
    assert [(row.first_index, row.end_index) for row in rows] == [(10, 20), (0, 10), (20, 60)]
    assert rows[2].ticks == packet(20, 60).ticks
    assert rows[2].body == packet(20, 60).body


def test_other_bytes_under_the_same_indices_are_reported_and_not_stored(spool: SpoolFile) -> None:
    spool.append([packet(0, 10)])
    intruder = replace(packet(5, 15), body=packet(105, 115).body)
    report = spool.append([intruder])
    assert report.differing == ((ID, 5, 10),)
    assert stored_values(spool) == [*range(10), *range(110, 115)]


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.integers(1, 60), st.booleans()), min_size=1, max_size=30
    ),
    st.integers(1, 5),
)
def test_any_order_and_overlap_stores_each_sample_once(
    tmp_path_factory: pytest.TempPathFactory, arrivals: list[tuple[int, int, bool]], group: int
) -> None:
    path = tmp_path_factory.mktemp("spool") / "spool.db"
    file = SpoolFile(path)
    file.register(STREAM)
    packets = [packet(start, start + n, live=live) for start, n, live in arrivals]
    for at in range(0, len(packets), group):
        file.append(packets[at : at + group])
    file.close()
    file = SpoolFile(path)
    expected = sorted({i for start, n, _ in arrivals for i in range(start, start + n)})
    assert sorted(indices(file)) == expected
    assert stored_values(file) == expected
    assert file.received(ID).count == len(expected)
    assert file.counts[ID].waiting == len(expected)
    file.close()


def test_a_crash_after_the_commit_loses_nothing(spool: SpoolFile, tmp_path: Path) -> None:
    spool.append([packet(0, 10)])
    spool.declare_lost(LostRange(ID, 10, 12, "gone"))
    spool.close_stream(ID, 12)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for file in tmp_path.glob("spool.db*"):  # as a killed process leaves it: the log not merged
        shutil.copy(file, crashed)
    again = SpoolFile(crashed / "spool.db")
    assert indices(again) == list(range(10))
    assert again.settled(ID) == IndexRanges([(0, 12)])
    assert again.streams[ID].end_index == 12
    assert again.packets.newest_rows() == {ID: 1}
    again.close()


def test_a_failed_call_leaves_no_half_of_it(spool: SpoolFile) -> None:
    broken = replace(packet(10, 20), ticks=1j)  # type: ignore[arg-type]
    with pytest.raises(SpoolError):  # an error of SQLite that has no code
        spool.append([packet(0, 10), broken])
    assert indices(spool) == []
    assert spool.received(ID) == IndexRanges()
    spool.append([packet(0, 10)])
    assert indices(spool) == list(range(10))


def test_only_what_the_server_stored_is_deleted(spool: SpoolFile) -> None:
    spool.append([packet(start, start + 10) for start in range(0, 50, 10)])
    spool.apply_acks([ack((0, 25), (30, 40))])
    assert indices(spool) == [*range(20, 30), *range(40, 50)]
    assert spool.received(ID) == IndexRanges([(0, 50)])
    counts = spool.counts[ID]
    assert (counts.waiting, counts.acked) == (20, 30)
    assert spool.append([packet(0, 50, live=False)]).stored == {}


def test_what_the_server_has_from_elsewhere_is_not_asked_for_again(spool: SpoolFile) -> None:
    spool.apply_acks([ack((0, 100))])
    assert spool.settled(ID).missing(0, 120) == [(100, 120)]


def test_acknowledgement_of_a_stranger_stream_is_ignored(spool: SpoolFile) -> None:
    spool.append([packet(0, 5)])
    spool.apply_acks([Ack(99, IndexRanges([(0, 9)]), IndexRanges(), None)])
    assert indices(spool) == list(range(5))


def test_lost_range_is_cut_and_waits_for_its_acknowledgement(spool: SpoolFile) -> None:
    spool.append([packet(5, 10)])
    assert spool.declare_lost(LostRange(ID, 0, 20, "gone")) == 15
    assert spool.declare_lost(LostRange(ID, 0, 20, "gone again")) == 0
    assert spool.unacked_lost() == [LostRange(ID, 0, 5, "gone"), LostRange(ID, 10, 20, "gone")]
    spool.apply_acks([ack(lost=((0, 5),))])
    assert spool.unacked_lost() == [LostRange(ID, 10, 20, "gone")]
    assert spool.settled(ID) == IndexRanges([(0, 20)])
    assert spool.counts[ID].lost == 15


def test_a_loss_that_goes_on_is_one_loss(spool: SpoolFile) -> None:
    spool.declare_lost(LostRange(ID, 0, 5, "gone"))
    spool.apply_acks([ack(lost=((0, 5),))])
    spool.declare_lost(LostRange(ID, 5, 9, "gone"))
    spool.declare_lost(LostRange(ID, 9, 12, "freed"))
    assert spool.unacked_lost() == [LostRange(ID, 0, 9, "gone"), LostRange(ID, 9, 12, "freed")]


def test_declared_lost_and_yet_received_is_stored(spool: SpoolFile) -> None:
    spool.declare_lost(LostRange(ID, 0, 10, "gone"))
    spool.append([packet(0, 10)])
    assert indices(spool) == list(range(10))


def test_end_waits_for_the_same_end_from_the_server(spool: SpoolFile) -> None:
    spool.close_stream(ID, 50)
    spool.close_stream(ID, 60)
    spool.apply_acks([Ack(ID, IndexRanges(), IndexRanges(), 40)])
    assert not spool.streams[ID].end_is_acked
    spool.apply_acks([Ack(ID, IndexRanges(), IndexRanges(), 50)])
    assert spool.streams[ID].end_is_acked


def test_stream_ids_of_64_bits_survive(tmp_path: Path) -> None:
    largest = replace(STREAM, description=replace(STREAM.description, stream_id=2**64 - 1))
    file = SpoolFile(tmp_path / "spool.db")
    file.register(largest)
    file.append([replace(packet(0, 5), stream_id=2**64 - 1)])
    file.close()
    file = SpoolFile(tmp_path / "spool.db")
    assert list(file.streams) == [2**64 - 1]
    assert file.packets.newest_rows() == {2**64 - 1: 1}
    file.close()


def test_registering_again_keeps_what_is_known(spool: SpoolFile) -> None:
    spool.close_stream(ID, 7)
    assert spool.register(STREAM).end_index == 7


def test_a_stream_id_belongs_to_the_sensor_that_first_used_it(spool: SpoolFile) -> None:
    with pytest.raises(ProfileError, match="LB-00000001"):
        spool.register(replace(STREAM, sensor_id="LB-00000002"))
    finer = replace(STREAM.description, g_per_step=1e-5)
    with pytest.raises(ProfileError, match="scale"):
        spool.register(replace(STREAM, description=finer))


def test_acknowledgements_of_several_streams_share_a_transaction(spool: SpoolFile) -> None:
    other = replace(STREAM, description=replace(STREAM.description, stream_id=5))
    spool.register(other)
    spool.append([packet(0, 10), replace(packet(0, 10), stream_id=5), packet(10, 20)])
    acks = [ack((0, 10)), Ack(5, IndexRanges([(0, 10)]), IndexRanges(), None), ack((5, 20))]
    spool.apply_acks(acks)
    assert (spool.counts[ID].acked, spool.counts[5].acked) == (20, 10)


def test_clock_comes_with_the_packets(spool: SpoolFile) -> None:
    clock = replace(STREAM.clock, points=((0.0, 1000.0),))
    spool.append([packet(0, 10)], {ID: clock})
    assert spool.streams[ID].clock == clock


def test_newest_offset_of_each_run_of_the_gateway_survives(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    file = SpoolFile(path)
    file.note_wall_offset(1, 100.5)
    file.note_wall_offset(2, 200.5)
    file.note_wall_offset(2, 300.5)  # its wall clock was set
    file.close()
    file = SpoolFile(path)
    assert file.boots.wall_offset_s == {1: 100.5, 2: 300.5}
    file.close()


def test_runs_of_the_gateway_are_forgotten_when_many_others_came() -> None:
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        table = BootTable(db)
        for boot in range(KEPT_BOOTS + 5):
            table.note(boot, 0.5)
        assert list(BootTable(db).wall_offset_s) == list(range(5, KEPT_BOOTS + 5))


def test_a_database_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE invoice (number INTEGER)")
    other.close()
    with pytest.raises(SpoolError, match=r"other\.db is no spool"):
        SpoolFile(path)


def test_a_folder_that_cannot_be_made_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolError, match=r"spool\.db"):
        SpoolFile(tmp_path / "file" / "spool.db")


def test_an_end_that_another_gateway_saw_later_counts_as_acknowledged(spool: SpoolFile) -> None:
    spool.close_stream(ID, 50)
    spool.apply_acks([Ack(ID, IndexRanges(), IndexRanges(), 60)])
    assert spool.streams[ID].end_is_acked


def test_an_empty_stream_is_not_acknowledged_by_silence(spool: SpoolFile) -> None:
    spool.close_stream(ID, 0)
    spool.apply_acks([Ack(ID, IndexRanges(), IndexRanges(), None)])
    assert not spool.streams[ID].end_is_acked


def test_what_the_server_recorded_as_lost_is_settled_here_too(
    spool: SpoolFile, tmp_path: Path
) -> None:
    spool.append([packet(50, 60)])
    spool.apply_acks([ack((0, 20), lost=((20, 55),))])
    assert spool.settled(ID) == IndexRanges([(0, 60)])
    assert spool.received(ID) == IndexRanges([(0, 20), (50, 60)])
    assert spool.unacked_lost() == []
    spool.close()
    reopened = SpoolFile(tmp_path / "spool.db")
    assert reopened.settled(ID) == IndexRanges([(0, 60)])
    reopened.close()
