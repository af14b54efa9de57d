"""Commands to a sensor, one at a time, each with its answer."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from lumbar_gateway.errors import CommandRefusedError, LinkError, ProfileError
from lumbar_gateway.link import Connection
from lumbar_gateway.profiles.lumbar import CONTROL_UUID, Command, CommandResult, ControlStatus

ATTEMPTS = 3  # every command does the same once as twice

_log = logging.getLogger(__name__)


class ControlPoint:
    """The control characteristic of a connected sensor."""

    def __init__(self, connection: Connection, answer_s: float) -> None:
        self._connection = connection
        self._answer_s = answer_s
        self._one_at_a_time = asyncio.Lock()
        self._asked: int | None = None
        self._answer: asyncio.Future[CommandResult] | None = None

    async def open(self) -> None:
        """Subscribe to the answers."""
        await self._connection.subscribe(CONTROL_UUID, self._answered)

    async def command(self, command: Command) -> None:
        """Send a command and wait for its answer; an answer may get lost, so ask again.

        Raises
        ------
        CommandRefusedError
            Where the sensor answers with anything but OK.
        LinkError
            Where it does not answer.
        """
        async with self._one_at_a_time:
            result = await self._ask(command)
        if result.status is not ControlStatus.OK:
            raise CommandRefusedError(command.opcode.name, result.status.name)

    async def _ask(self, command: Command) -> CommandResult:
        for _ in range(ATTEMPTS):
            self._asked = command.opcode
            self._answer = asyncio.get_running_loop().create_future()
            await self._connection.write(CONTROL_UUID, bytes(command))
            with suppress(TimeoutError):
                async with asyncio.timeout(self._answer_s / ATTEMPTS):
                    return await self._answer
        raise LinkError(
            f"{command.opcode.name}: the control point did not answer for {self._answer_s:g} s"
        )

    def _answered(self, data: bytes) -> None:
        try:
            result = CommandResult.from_bytes(data)
        except ProfileError as error:
            _log.warning("control point: %s", error)
            return
        is_wanted = result.opcode == self._asked  # not a late answer to the command before
        if is_wanted and self._answer is not None and not self._answer.done():
            self._answer.set_result(result)
