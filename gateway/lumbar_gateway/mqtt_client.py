"""paho without a thread of its own: the event loop reads and writes the broker's socket.

A thread has to be woken for every message and to hand over every confirmation; among busy threads
that costs more than the message itself.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from paho.mqtt import client as mqtt
from paho.mqtt.client import MQTTMessageInfo
from paho.mqtt.enums import MQTTErrorCode

TICK_S = 1.0  # between looks at the keep-alive; paho's own loop takes as long


class MqttClient(mqtt.Client):
    """paho's client for an event loop: every callback comes in the loop's thread.

    Connecting waits for names and handshakes, so it is done in another thread.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._pauses_s = (1, 120)
        self._pause_s = 1
        self._is_gone = asyncio.Event()
        self.on_socket_close = self._forget_socket

    def reconnect_delay_set(self, min_delay: int = 1, max_delay: int = 120) -> None:
        """Set the first and the longest pause before another attempt, in s."""
        self._pauses_s = (min_delay, max_delay)
        self._pause_s = min_delay

    def loop_start(self) -> MQTTErrorCode:
        """Connect, and again whenever the connection is lost, until ``loop_stop``."""
        self._event_loop = asyncio.get_running_loop()
        self._serving = self._event_loop.create_task(self._serve(), name="broker")
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def loop_stop(self) -> MQTTErrorCode:
        """Stop, and wait for it; to be called from another thread than the loop's."""
        asyncio.run_coroutine_threadsafe(self._end(), self._event_loop).result()
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def publish(self, *args: Any, **options: Any) -> MQTTMessageInfo:
        """Publish at once; what does not fit the socket follows as soon as it does."""
        info = super().publish(*args, **options)
        self._write_rest()
        return info

    async def _serve(self) -> None:
        while True:
            try:
                await self._open()
            except OSError:
                if self.on_connect_fail is not None:
                    self.on_connect_fail(self, None)
            else:
                await self._keep_alive()
            await asyncio.sleep(self._pause_s)
            self._pause_s = min(2 * self._pause_s, self._pauses_s[1])

    async def _end(self) -> None:
        self._serving.cancel()
        await asyncio.wait([self._serving])

    async def _open(self) -> None:
        self._is_gone.clear()
        attempt = asyncio.ensure_future(asyncio.to_thread(self.reconnect))
        try:
            await asyncio.shield(attempt)
        except asyncio.CancelledError:
            with suppress(OSError):
                await attempt
                self.disconnect()  # it has come about nevertheless
            raise
        socket = self.socket()
        if socket is not None:
            self._event_loop.add_reader(socket.fileno(), self._read)

    async def _keep_alive(self) -> None:
        while self.socket() is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._is_gone.wait()
            self.loop_misc()

    def _read(self) -> None:
        self.loop_read()
        while getattr(self.socket(), "pending", int)():  # TLS has decrypted more than was read
            self.loop_read()
        if self.is_connected():
            self._pause_s = self._pauses_s[0]
        self._write_rest()

    def _write_rest(self) -> None:
        socket = self.socket()
        if socket is not None and self.want_write():
            self._event_loop.add_writer(socket.fileno(), self._write)

    def _write(self) -> None:
        self.loop_write()
        socket = self.socket()
        if socket is not None and not self.want_write():
            self._event_loop.remove_writer(socket.fileno())

    def _forget_socket(self, _client: mqtt.Client, _data: Any, socket: Any) -> None:
        self._event_loop.remove_reader(socket.fileno())
        self._event_loop.remove_writer(socket.fileno())
        self._is_gone.set()
