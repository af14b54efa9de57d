"""Child process: broker, worker, pages and gateway of a household, on a radio in another process.

Arguments: the radio's port, and a folder. Prints where pages and broker are as a line of JSON, and
works until its input ends.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from lumbar.household import Places, Radio, running_household
from lumbar_signal import warm_up
from lumbar_sim.radio import remote_central

ADDRESS = "C4:4C:42:00:02:01"  # chosen: any static random address


async def _main(radio_port: int, folder: Path) -> None:
    warm_up()
    async with remote_central(radio_port, ADDRESS, folder / "bonds.json") as central:
        radio = Radio(central.scanner_backend, central.client_backend)
        async with running_household(
            Places(folder, 0),
            radio=radio,
            now_s=time.time,
            announce=lambda _what, _detail: None,
        ) as household:
            told = {"url": household.pages.url, "broker": asdict(household.broker.address)}
            print(json.dumps(told), flush=True)
            await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), Path(sys.argv[2])))
