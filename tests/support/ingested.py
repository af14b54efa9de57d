"""Streams put into a database, and what is found there afterwards."""

from sqlalchemy import Engine

from lumbar_gateway.messages import StreamMessage
from lumbar_server.database import reading
from lumbar_server.detection import StreamDetection
from lumbar_server.ingest import Arrived, Committed, Ingest
from lumbar_server.store import incidents, results, samples, stream_listing
from lumbar_server.store.results import Findings
from lumbar_server.store.samples import Run
from lumbar_server.store.streams import SampleFormat
from stream_messages import START_S, PublishedStream
from synthetic_bridge import bridge_samples

STREAM = PublishedStream("SIM-1", 0x1234, bridge_samples(5))


def new_ingest(engine: Engine) -> Ingest:
    return Ingest(engine, lambda: START_S)


def commit(ingest: Ingest, *messages: StreamMessage | bytes, topic: str = "") -> list[Committed]:
    return ingest.commit([Arrived(topic or STREAM.topic, bytes(one)) for one in messages])


def expected(stream: PublishedStream, runs: list[Run] | None = None) -> Findings:
    """What the detector finds in one go."""
    form = SampleFormat.of(stream.batch(0, 1))
    once = StreamDetection(form, 0, Findings())
    once.feed(runs or [Run(0, stream.samples)], len(stream.samples))
    once.flush()
    return once.findings


def stored_findings(engine: Engine, stream: PublishedStream) -> Findings:
    with reading(engine) as connection:
        (session,) = stream_listing.newest(connection, stream.sensor_id, None, 10)
        return results.read(connection, session.analysis_id)


def stored_samples(engine: Engine, stream: PublishedStream) -> list[tuple[int, list[list[int]]]]:
    with reading(engine) as connection:
        runs = samples.read(connection, stream.key, 3, 0, 2**48)
        return [(run.first_index, run.samples.tolist()) for run in runs]


def session_state(engine: Engine, stream: PublishedStream = STREAM) -> tuple[str, float]:
    with reading(engine) as connection:
        (session,) = stream_listing.newest(connection, stream.sensor_id, None, 10)
        return session.state, session.coverage


def totals(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        return {row.kind: row.total for row in incidents.counters(connection)}
