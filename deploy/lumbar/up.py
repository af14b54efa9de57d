"""``lumbar up``: one household in one process, with the computer's own Bluetooth."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path

from lumbar.household import Places, Radio, running_household
from lumbar.logs import log_to_stderr
from lumbar.service_settings import server_settings


def run_up(data: Path, *, port: int) -> None:
    """Run broker, worker, pages and gateway until SIGTERM or Ctrl-C."""
    log_to_stderr()
    data.mkdir(parents=True, exist_ok=True)
    settings = server_settings()
    asyncio.run(_run(Places(data, port, settings.retention, settings.http_names)))


async def _run(places: Places) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    async with running_household(places, radio=Radio(), now_s=time.time, announce=_announce):
        await stopping.wait()


def _announce(part: str, detail: str) -> None:
    print(f"{part:<9} {detail}", flush=True)
