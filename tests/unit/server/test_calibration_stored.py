"""An analysis says how it became known how the sensor sits, as far as it had come."""

import pytest
from sqlalchemy import Engine

from ingested import STREAM, commit, new_ingest
from lumbar_server.database import reading
from lumbar_server.ingest import Arrived, Ingest
from lumbar_server.store import analysis_listing
from signal_traces import Wearer
from stream_messages import PublishedStream
from synthetic_bridge import RATE_HZ

BOWING = PublishedStream(
    "SIM-4", 0x44, Wearer().stand(6.0).bows(3).stand(3.0).walk(10.0).samples(RATE_HZ)
)


def stored_calibration(engine: Engine, stream: PublishedStream = STREAM) -> str | None:
    with reading(engine) as connection:
        return analysis_listing.of_stream(connection, stream.key)[0].calibration


def test_calibration_is_stored_with_what_was_found(ingest: Ingest, engine: Engine) -> None:
    commit(ingest, *STREAM.batches(50), STREAM.end())
    assert stored_calibration(engine) == "standing"


def test_a_better_calibration_takes_the_place_of_the_first(ingest: Ingest, engine: Engine) -> None:
    seen = []
    for batch in [*BOWING.batches(50), BOWING.end()]:
        ingest.commit([Arrived(BOWING.topic, bytes(batch))])
        seen.append(stored_calibration(engine, BOWING))
    assert seen[0] == "none"
    assert list(dict.fromkeys(seen)) == ["none", "standing", "bows"]


@pytest.mark.parametrize("again", [False, True])
def test_a_worker_that_begins_anew_stores_the_same(engine: Engine, *, again: bool) -> None:
    commit(new_ingest(engine), *STREAM.batches(100))
    other = new_ingest(engine)
    if again:
        other.analyse_again(STREAM.key)
    commit(other, STREAM.end())
    assert stored_calibration(engine) == "standing"
