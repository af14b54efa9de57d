"""An MQTT broker inside the process: enough for one household, the demo and the tests.

It listens on loopback and knows its accounts from a password file. amqtt's anonymous access is
never used: it drops what was queued for a subscriber that is away.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker as MqttBroker
from amqtt.contexts import BrokerConfig, ListenerConfig, ListenerType
from pwdlib.hashers.argon2 import Argon2Hasher

from lumbar.errors import BrokerError
from lumbar_gateway.messages import BrokerAddress

_LISTENER = "default"
# What a client does not acknowledge in time amqtt drops, with a stack trace for each message; its
# sender sends it again. All else that goes wrong is told by the client that it happens to.
_QUIET_LOGGERS = ("amqtt", "transitions")


class Broker:
    """A broker in a thread of its own; ``start`` and ``stop`` may be called again.

    Sessions, queues and retained messages live in memory: a stop forgets them, as a restart of
    the process would.

    Parameters
    ----------
    accounts
        Passwords by user name. They are hashed with cheap parameters, because the hash is checked
        inside the event loop: use passwords of full strength, such as ``secrets`` makes.
    folder
        Where the password file ``broker.passwords`` is kept, readable by its owner only.
    host, port
        Where to listen. Port 0 takes a free one at the first start and keeps it.
    """

    def __init__(
        self,
        *,
        accounts: Mapping[str, str],
        folder: Path,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        if not accounts:
            raise BrokerError("a broker without accounts would let nobody in: give at least one")
        self._accounts = dict(accounts)
        self._password_file = folder / "broker.passwords"
        self._host = host
        self._port = port
        self._thread: threading.Thread | None = None
        self._stopping: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    @property
    def address(self) -> BrokerAddress:
        """Where clients connect, with the first account; the port is known after ``start``."""
        username, password = next(iter(self._accounts.items()))
        return BrokerAddress(self._host, self._port, username, password)

    def start(self) -> None:
        """Listen; raises ``BrokerError`` where the port is taken."""
        if self._thread is not None:
            return
        _write_password_file(self._password_file, self._accounts)
        for name in _QUIET_LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        listening: Future[int] = Future()
        thread = threading.Thread(target=self._run, args=(listening,), name="broker", daemon=True)
        thread.start()
        try:
            self._port = listening.result()
        except BaseException:
            thread.join()
            raise
        self._thread = thread

    def stop(self) -> None:
        """Close the port and break every connection, whatever still comes in by it."""
        if self._thread is None or self._stopping is None:
            return
        loop, stopping = self._stopping
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            loop.call_soon_threadsafe(stopping.set)
        self._thread.join()
        self._thread = self._stopping = None

    def _run(self, listening: Future[int]) -> None:
        try:
            asyncio.run(self._serve(listening))
        except Exception as error:
            if listening.done():
                raise
            listening.set_exception(error)

    async def _serve(self, listening: Future[int]) -> None:
        stopping = asyncio.Event()
        self._stopping = (asyncio.get_running_loop(), stopping)
        broker = MqttBroker(_configuration(self._password_file))
        await broker.start()
        connections = _Connections(broker)
        try:
            server = await self._listen(connections)
            listening.set_result(server.sockets[0].getsockname()[1])
            await stopping.wait()
            server.close()
        finally:
            await connections.end()
            await broker.shutdown()

    async def _listen(self, connections: _Connections) -> asyncio.Server:
        try:
            return await asyncio.start_server(connections.converse, self._host, self._port)
        except OSError as error:
            raise BrokerError(
                f"cannot listen on {self._host} port {self._port} ({error.strerror}): "
                "stop the program that uses it, or choose another port (0 takes a free one)"
            ) from None


@contextmanager
def running_broker(folder: Path, *, port: int = 0) -> Iterator[Broker]:
    """Run a broker with one account and a fresh password; its ``address`` has both."""
    broker = Broker(accounts={"lumbar": secrets.token_urlsafe(24)}, folder=folder, port=port)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


class _Connections:
    """The clients of one run of the broker, each served by a task of its own."""

    def __init__(self, broker: MqttBroker) -> None:
        self._broker = broker
        self._writers: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._ended = False

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until either side ends it."""
        if self._ended:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._writers[task] = writer
        try:
            # Before 3.12 asyncio's streams complain of a cancelled connection task: end as if done.
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await self._broker.external_connected(
                    StreamReaderAdapter(reader), StreamWriterAdapter(writer), _LISTENER
                )
        finally:
            del self._writers[task]
            writer.close()

    async def end(self) -> None:
        """Break every connection; the broker's own shutdown cannot do without.

        It cancels the task that reads from a client and waits until that has ended. But the task
        reads inside ``asyncio.wait_for``, which before Python 3.12 loses a cancellation when data
        comes at the same moment: a busy client would be served on behind a closed port, and the
        shutdown would wait for ever. From a broken connection nothing more can be read.
        """
        self._ended = True
        for task, writer in self._writers.items():
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*self._writers, return_exceptions=True)


def _configuration(password_file: Path) -> BrokerConfig:
    """Leave the listening to us (we need the true port), the accounts to the password file."""
    return BrokerConfig(
        listeners={_LISTENER: ListenerConfig(type=ListenerType.EXTERNAL)},
        plugins={
            "amqtt.plugins.authentication.FileAuthPlugin": {"password_file": str(password_file)}
        },
    )


def _write_password_file(path: Path, accounts: Mapping[str, str]) -> None:
    """Write ``user:hash`` lines, argon2 at its least cost, for the owner's eyes only."""
    hasher = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
    lines = "".join(f"{user}:{hasher.hash(password)}\n" for user, password in accounts.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(lines)
