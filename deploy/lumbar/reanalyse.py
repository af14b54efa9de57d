"""``lumbar reanalyse``: stored samples, run through the present detector."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from lumbar_server.reanalysis import Reanalysed


def reanalyse(
    session: Annotated[int | None, typer.Option(help="Its id at /api/v1/sessions.", min=1)] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is stored.")] = False,
    data: Annotated[
        Path | None,
        typer.Option(help="The folder of lumbar up; else LUMBAR_SERVER_DATABASE_URL is read."),
    ] = None,
) -> None:
    """Look at stored samples again with the present detector, after it was updated.

    What an older detector found stays beside it, and corrections stay with their sets. Streams
    that the present one has looked at are left alone, so it may be ended and started again. It may
    run beside lumbar up.

    Example: lumbar reanalyse --all --data ~/lumbar-data
    """
    from lumbar.errors import UsageError
    from lumbar.stored_database import stored_database
    from lumbar_server.database import migrate, open_engine

    if (session is None) == (not everything):
        raise UsageError("reanalyse: give either --session with its number, or --all")
    url = stored_database(data)
    migrate(url)
    engine = open_engine(url)
    try:
        _run(engine, session)
    finally:
        engine.dispose()


def _run(engine: Engine, session_id: int | None) -> None:
    from lumbar_server.reanalysis import reanalyse as reanalyse_stream

    outcomes: Counter[str] = Counter()
    for stream_id in list(_stream_ids(engine, session_id)):
        done = reanalyse_stream(engine, stream_id, time.time)
        outcomes[done.outcome] += 1
        print(f"stream {stream_id}: {_told(engine, done)}", flush=True)
    print(
        f"{outcomes['analysed']} streams analysed, {outcomes['up_to_date']} were up to date, "
        f"{outcomes['left']} left as they were"
    )


def _stream_ids(engine: Engine, session_id: int | None) -> Iterator[str]:
    from lumbar_server.database import reading
    from lumbar_server.store import sessions, stream_listing
    from lumbar_server.store.stream_listing import StreamKey

    with reading(engine) as connection:
        if session_id is not None:
            sessions.one(connection, session_id)
            for part in sessions.parts_of(connection, [session_id]):
                yield part.stream_id
            return
        before: StreamKey | None = None
        while rows := stream_listing.newest(connection, None, before, 200):
            yield from (row.stream_id for row in rows)
            before = StreamKey(rows[-1].started_utc, rows[-1].stream_id)


def _told(engine: Engine, done: Reanalysed) -> str:
    from lumbar_server.database import reading
    from lumbar_server.reanalysis import Outcome, differences
    from lumbar_server.store import analysis_listing

    if done.outcome is Outcome.LEFT:
        return f"left as it was, {done.reason}"
    if done.outcome is Outcome.UP_TO_DATE:
        return "up to date"
    with reading(engine) as connection:
        after, *older = analysis_listing.of_stream(connection, done.stream_id)
        if not older:
            return "analysed for the first time"
        pairs = differences(connection, older[0], after)
    of_each = Counter(pair.difference.value for pair in pairs)
    found = ", ".join(f"{n} {what}" for what, n in sorted(of_each.items())) or "none"
    return f"detector {older[0].detector_version} -> {after.detector_version}, sets: {found}"
