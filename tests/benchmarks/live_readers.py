"""Child process: pages that are only read, each one stream of server-sent events.

Arguments: the address, and how many. Reads until its input ends; then prints, as a line of JSON,
for each reader what came: (kind, sensor, one past the last sample it tells of, wall time). Of the
states those count that have events: a repetition counted, a cue.
"""

import asyncio
import json
import sys
import time
from contextlib import suppress
from typing import Any

import httpx

Arrival = tuple[str, str, int, float]


async def _read(client: httpx.AsyncClient, url: str, arrivals: list[Arrival]) -> None:
    async with client.stream("GET", url, timeout=None) as answer:
        kind = ""
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data" and kind in ("samples", "state"):
                now_s = time.time()
                content = json.loads(value)
                if (end := _end(kind, content)) is not None:
                    arrivals.append((kind, content["sensor"], end, now_s))


def _end(kind: str, content: dict[str, Any]) -> int | None:
    if kind == "samples":
        steps = len(content["samples"]) - 1
        return int(content["first_index"] + steps * content["index_step"] + 1)
    return max((one["at"] + 1 for one in content["events"]), default=None)


async def _main(address: str, readers: int) -> None:
    arrivals: list[list[Arrival]] = [[] for _ in range(readers)]
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(limits=limits) as client:
        tasks = [
            asyncio.create_task(_read(client, address + "api/v1/live", one)) for one in arrivals
        ]
        print("reading", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError, httpx.HTTPError):
                await task
    print(json.dumps(arrivals), flush=True)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2])))
