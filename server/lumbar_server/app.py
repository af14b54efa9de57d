"""The HTTP application: the API below ``/api/v1``, the pages below ``/``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware

from lumbar_gateway.messages import BrokerAddress
from lumbar_server.api_methods import ApiMethods
from lumbar_server.database import migrate, open_engine
from lumbar_server.guard import RequestGuard
from lumbar_server.live import LiveBoard
from lumbar_server.live_feed import LiveFeed
from lumbar_server.live_record import follow_record
from lumbar_server.openapi_document import describe_api, operation_id
from lumbar_server.pages import add_pages
from lumbar_server.pages.my_data import BRING_BACK_PATH
from lumbar_server.pages.vendored import STATIC
from lumbar_server.problems import describe_problems
from lumbar_server.programme.catalogue import read_catalogue
from lumbar_server.retention import KEPT_FOR_GOOD, Retention
from lumbar_server.routes import (
    analyses,
    changes,
    corrections,
    deletions,
    exports,
    live,
    movements,
    planned_sessions,
    programme,
    sensors,
    sessions,
    status,
    storage,
    streams,
    wearers,
)
from lumbar_server.routes.once import repeat_answers
from lumbar_server.security import SecurityHeaders
from lumbar_server.settings import IMPORT_LIMIT_BYTES
from lumbar_server.static_files import PageFiles

_ROUTES = (
    status,
    sensors,
    streams,
    sessions,
    corrections,
    analyses,
    wearers,
    changes,
    storage,
    deletions,
    exports,
    movements,
    programme,
    planned_sessions,
    live,
)
_TICK_S = 0.05
_DESCRIPTION = """\
Workouts recorded by a sensor at the lower back: sessions, sets, repetitions, holds, the samples
themselves, and a live view. For general fitness and research; not a medical device.
"""


def create_app(
    database_url: str,
    broker: BrokerAddress | None,
    *,
    names: Sequence[str] = (),
    import_limit_bytes: int = IMPORT_LIMIT_BYTES,
    retention: Retention = KEPT_FOR_GOOD,
    now_s: Callable[[], float] = time.time,
) -> FastAPI:
    """Return the application; serve it with ``serve.HttpServer``, which ends open streams.

    Parameters
    ----------
    database_url
        The worker's database.
    broker
        Where to listen for the live view; None for the history only.
    names
        Host names that lead here besides those of loopback.
    import_limit_bytes
        How large a file may be that is imported.
    retention
        How long the worker keeps samples, to be shown.
    now_s
        Wall time.
    """
    read_catalogue()  # what is spoiled there is told now, not to a wearer
    engine = open_engine(database_url)
    board = LiveBoard(now_s)
    feed = None if broker is None else LiveFeed(broker, board)

    app = FastAPI(
        title="Lumbar",
        version="1",
        description=_DESCRIPTION,
        lifespan=_lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        generate_unique_id_function=operation_id,
    )
    app.state.engine, app.state.board, app.state.feed = engine, board, feed
    app.state.database_url = database_url
    app.state.now_s = now_s
    app.state.retention = retention
    app.add_middleware(ApiMethods)
    imports = f"/api/v1{exports.IMPORT_PATH}", BRING_BACK_PATH
    larger_bodies = dict.fromkeys(imports, import_limit_bytes)
    app.add_middleware(RequestGuard, names=names, larger_bodies=larger_bodies)
    app.add_middleware(SecurityHeaders)  # around the guard: also what is refused has them
    describe_problems(app)
    repeat_answers(app)
    for routes in _ROUTES:
        app.include_router(routes.router, prefix="/api/v1")
    describe_api(app)
    add_pages(app)
    app.mount("/static", GZipMiddleware(PageFiles(STATIC)))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    board: LiveBoard = app.state.board
    feed: LiveFeed | None = app.state.feed
    await asyncio.to_thread(migrate, app.state.database_url)
    working = [
        asyncio.create_task(_tick(board)),
        asyncio.create_task(follow_record(board, app.state.engine)),
    ]
    if feed is not None:
        feed.start(asyncio.get_running_loop())
    yield
    board.close()
    if feed is not None:
        await asyncio.to_thread(feed.stop)
    for task in working:
        task.cancel()
    await asyncio.gather(*working, return_exceptions=True)
    app.state.engine.dispose()


async def _tick(board: LiveBoard) -> None:
    while True:
        await asyncio.sleep(_TICK_S)
        board.tick()
