"""``lumbar pair``: make a sensor and this computer trust each other."""

from __future__ import annotations

import asyncio
import re

from rich.console import Console

from lumbar.errors import UsageError
from lumbar_gateway.pairing import pair


def run_pair(address: str) -> None:
    """Pair with the sensor at ``address``; asks for its passkey where it wants one."""
    if not re.fullmatch(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f-]{36}", address):
        raise UsageError(f"{address!r} is no Bluetooth address: lumbar scan shows them")
    console = Console()
    console.print(f"Looking for {address} ...")

    async def ask() -> int | None:
        return await asyncio.to_thread(ask_passkey, console)

    sensor_id = asyncio.run(pair(address, ask))
    console.print(f"Paired with {sensor_id}. The gateway connects to it by itself.")


def ask_passkey(console: Console) -> int | None:
    """Ask until six digits are typed; None for an empty line."""
    while True:
        typed = console.input("Passkey that the sensor shows (six digits, empty to give up): ")
        if not typed.strip():
            return None
        if re.fullmatch(r"\d{6}", typed.strip()):
            return int(typed)
        console.print("A passkey has six digits.")
