"""The worker: takes what waits at the broker, commits it, acknowledges it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from lumbar_gateway.messages import BrokerAddress, shard_of
from lumbar_gateway.messages.topics import pattern
from lumbar_server.analyses import REANALYSE_S
from lumbar_server.announcements import Announcements
from lumbar_server.compaction import Compaction
from lumbar_server.database import migrate, open_engine, reading
from lumbar_server.detection import warm_up
from lumbar_server.errors import DatabaseAwayError, StreamConflictError
from lumbar_server.ingest import Arrived, Committed, Ingest
from lumbar_server.keeper import Keeper
from lumbar_server.mqtt_client import MqttClient
from lumbar_server.retention import KEPT_FOR_GOOD, Retention
from lumbar_server.store import stream_listing
from lumbar_server.subscriber import Delivery, Subscriber
from lumbar_signal import MAX_RATE_HZ, MIN_RATE_HZ

log = logging.getLogger(__name__)

GROUP_MESSAGES = 500
"""Messages in one transaction; measured: 20 cost a sixth of one alone, above 100 little changes."""
GROUP_BYTES = 8 * 2**20
UNCOLLECTED_OBJECTS = 10_000
"""For the garbage collector of a process that only works: a group is about so many objects, none in
a cycle. Measured: at Python's 700 looking through them takes a seventh of the CPU time."""
KEPT_STREAMS = 20_000
"""Streams kept in memory; the others are read again when needed."""
_IDLE_S = 0.1
_RETRY_S = (0.5, 15.0)  # chosen: first and longest pause while the database is away


class Worker:
    """Receives the samples of some shards; any number of workers may run side by side.

    Parameters
    ----------
    database_url
        SQLAlchemy's form, e.g. ``sqlite:///lumbar.db`` or ``postgresql://host/lumbar``.
    shards
        Two hex digits each; ``+`` is all.
    retention
        How long samples are kept.
    worker_id
        Names the queue at the broker: the same across restarts, different between workers.
    now_s
        Wall time.
    mqtt_client
        paho's client, or a class with its interface.
    transaction
        Each transaction runs within what this returns for the number of its messages.
    """

    def __init__(
        self,
        database_url: str,
        broker: BrokerAddress,
        *,
        shards: Sequence[str] = ("+",),
        retention: Retention = KEPT_FOR_GOOD,
        worker_id: str = "worker",
        now_s: Callable[[], float] = time.time,
        mqtt_client: type[MqttClient] = MqttClient,
        transaction: Callable[[int], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._transaction = transaction
        self._database_url = database_url
        self._engine = open_engine(database_url)
        self._stopping = threading.Event()
        self.rounds = 0  # goes on with each step, and each try while the database is away
        self._connections = 0  # of the subscriber, that we have answered
        self._subscriber = Subscriber(
            broker,
            client_id=f"lumbar-{worker_id}",
            patterns=[pattern("samples/+", shard) for shard in shards],
            durable=True,
            mqtt_client=mqtt_client,
        )
        self._now_s = now_s
        self._shards = frozenset(shards)
        self._analysed_again_s = -REANALYSE_S
        self._ingest = Ingest(self._engine, now_s)
        self._compaction = Compaction(self._engine, now_s, self._is_ours)
        self._keeper = Keeper(self._engine, now_s, retention)
        self._announcements = Announcements(self._subscriber.publish, now_s)

    def run(self) -> None:
        """Work until ``stop``; a broker or database that is away is waited for."""
        try:
            self.start()
            while not self._stopping.is_set():
                self.step(_IDLE_S)
        finally:
            self._announcements.publish_due(all_of_them=True)
            self._subscriber.stop()
            self._engine.dispose()

    def start(self) -> None:
        """Bring the database up to date and subscribe; waits for a database that is away."""
        warm_up()  # compiling in the midst of a workout would hold everybody up
        if self._persist(lambda: migrate(self._database_url)):
            self._subscriber.start()

    def stop(self) -> None:
        """Ask ``run`` to return after the present transaction; callable from any thread."""
        self._stopping.set()

    @property
    def is_ready(self) -> bool:
        """Tell whether the broker now keeps every message for us."""
        return self._subscriber.is_subscribed

    def step(self, idle_s: float) -> None:
        """Wait at most ``idle_s`` for messages, deal with them, and say what is due."""
        self.rounds += 1
        deliveries = self._subscriber.take(GROUP_MESSAGES, GROUP_BYTES, idle_s)
        if deliveries and self._persist(lambda: self._work(deliveries)):
            self._ingest.tidy(KEPT_STREAMS)
        self._analyse_again()
        self._persist(partial(self._compaction.step, is_idle=not deliveries))
        self._persist(self._keeper.step)
        self._announcements.publish_due()
        self._announcements.forget(KEPT_STREAMS)
        if self._connections != self._subscriber.connections:
            self._connections = self._subscriber.connections
            self._announcements.repeat_all()

    def _analyse_again(self) -> None:
        """Now and then, try the streams again that have no results."""
        if abs(self._now_s() - self._analysed_again_s) < REANALYSE_S:
            return
        self._analysed_again_s = self._now_s()
        for stream_id in self._unanalysed():
            self._persist(partial(self._analyse_one_again, stream_id))

    def _is_ours(self, sensor_id: str) -> bool:
        return bool(self._shards & {"+", shard_of(sensor_id)})

    def _unanalysed(self) -> list[str]:
        found: list[str] = []

        def find() -> None:
            with reading(self._engine) as connection:
                rows = stream_listing.unanalysed(connection, MIN_RATE_HZ, MAX_RATE_HZ)
            found.extend(row.stream_id for row in rows if self._is_ours(row.sensor_id))

        self._persist(find)
        return found

    def _analyse_one_again(self, stream_id: str) -> None:
        self._announcements.committed(self._ingest.analyse_again(stream_id))

    def _work(self, deliveries: Sequence[Delivery]) -> None:
        with self._transaction(len(deliveries)):
            done = self._commit([Arrived(one.topic, one.payload) for one in deliveries])
        self._subscriber.acknowledge(deliveries)
        self._announcements.committed(done)

    def _commit(self, arrived: Sequence[Arrived]) -> list[Committed]:
        """Commit a group; where it fails by itself, one message at a time."""
        try:
            return self._ingest.commit(arrived)
        except (DatabaseAwayError, StreamConflictError):
            raise
        except Exception:
            if len(arrived) == 1:
                log.exception("a message cannot be stored and is set aside: see the quarantine")
                return self._set_aside(arrived[0])
            return [done for one in arrived for done in self._commit([one])]

    def _set_aside(self, arrived: Arrived) -> list[Committed]:
        try:
            return self._ingest.refuse(arrived)
        except (DatabaseAwayError, StreamConflictError):
            raise
        except Exception:
            log.exception("the message cannot be set aside either; its sender keeps it")
            return []

    def _persist(self, action: Callable[[], None]) -> bool:
        """Do ``action`` until the database lets it; returns false where we are to stop."""
        pause_s, longest_s = _RETRY_S
        told = ""
        while not self._stopping.is_set():
            self.rounds += 1
            try:
                action()
            except (DatabaseAwayError, StreamConflictError) as error:
                if str(error) != told:
                    log.error("%s; trying until it works, nothing is lost", error)
                told = str(error)
                self._stopping.wait(pause_s)
                pause_s = min(2 * pause_s, longest_s)
            else:
                if told:
                    log.info("the database works again")
                return True
        return False
