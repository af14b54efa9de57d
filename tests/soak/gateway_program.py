"""``lumbar gateway`` on the virtual radio of another process: PORT BONDS, else by its settings."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from pathlib import Path

from lumbar.logs import log_to_stderr
from lumbar.service_settings import gateway_settings
from lumbar_gateway.gateway import Gateway
from lumbar_sim.radio import remote_central

ADDRESS = "C4:4C:42:00:01:00"  # chosen: any static random address


async def main(port: int, bonds: Path) -> None:
    """Collect until SIGTERM."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    settings = gateway_settings()
    with contextlib.suppress(asyncio.CancelledError):
        async with remote_central(port, ADDRESS, bonds) as central:
            gateway = Gateway(
                settings.spool_path,
                settings.broker,
                gateway_id=settings.gateway_id,
                spool_limit_bytes=settings.spool_limit_bytes,
                scanner_backend=central.scanner_backend,
                client_backend=central.client_backend,
            )
            await gateway.run()


if __name__ == "__main__":
    log_to_stderr()
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
