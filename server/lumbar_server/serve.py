"""Serving the application: uvicorn, taught to end the live streams before it stops."""

from __future__ import annotations

import socket

import uvicorn
from fastapi import FastAPI


class HttpServer(uvicorn.Server):
    """``run()`` serves until a signal; elsewhere set ``should_exit``.

    Parameters
    ----------
    app
        From ``create_app``.
    host, port
        Where to listen.
    """

    def __init__(self, app: FastAPI, *, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False, ws="none")
        )
        self._app = app
        self.rounds = 0  # goes on ten times a second

    async def on_tick(self, counter: int) -> bool:
        """Count the rounds of the event loop."""
        self.rounds += 1
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams that would stay open for ever, then stop as usual."""
        self._app.state.board.close()
        await super().shutdown(sockets)
