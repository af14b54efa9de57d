"""``lumbar doctor``: is everything here that the programs need, and if not, what to do."""

from __future__ import annotations

import asyncio
import enum
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, SimpleQueue

from rich.console import Console

from lumbar.failure_line import failure_line
from lumbar.service_settings import gateway_settings, server_settings
from lumbar_gateway.errors import TlsError
from lumbar_gateway.messages import BrokerAddress
from lumbar_gateway.messages.broker_trouble import HUNG_UP, connection_trouble, refusal

LEAST_FREE_BYTES = 10**9  # 24 hours of one sensor at 100 Hz are about 50 MB
_BROKER_WAIT_S = 5.0
_RADIO_WAIT_S = 5.0
_PARTS = {
    "gateway": ("bleak", "paho", "cbor2"),
    "server": ("fastapi", "sqlalchemy", "numba", "pyarrow", "amqtt", "paho"),
    "sim": ("bumble", "bleak"),
}


class State(enum.StrEnum):
    """How a check came out; only FAILED changes the exit status."""

    OK = "ok"
    NOTE = "note"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says, and what to do about it."""

    part: str
    state: State
    said: str
    remedy: str = ""


def run_doctor() -> bool:
    """Print one line for each check; return whether none failed."""
    console = Console()
    colours = {State.OK: "green", State.NOTE: "yellow", State.FAILED: "red"}
    well = True
    for check in (_python, _extras, _detector, _radio, _brokers, _database, _disk):
        for finding in check():
            well &= finding.state is not State.FAILED
            remedy = f": {finding.remedy}" if finding.remedy else ""
            console.print(f"[{colours[finding.state]}]{finding.state:<6}[/]", end=" ")
            console.print(
                f"{finding.part:<10} {finding.said}{remedy}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
    return well


def _python() -> Iterator[Finding]:
    yield Finding("python", State.OK, sys.version.split()[0])


def _extras() -> Iterator[Finding]:
    for extra, packages in _PARTS.items():
        missing = [name for name in packages if find_spec(name) is None]
        if missing:
            remedy = f"only if this machine needs it, pip install 'lumbar[{extra}]'"
            yield Finding(extra, State.NOTE, f"{', '.join(missing)} not installed", remedy)
        else:
            yield Finding(extra, State.OK, "installed")


def _detector() -> Iterator[Finding]:
    if find_spec("numba") is None:
        return
    started_s = time.perf_counter()
    try:
        from lumbar_signal import warm_up

        warm_up()
    except Exception as error:  # numba raises many kinds, e.g. where it may not write its cache
        remedy = "set NUMBA_CACHE_DIR to a folder that you may write"
        yield Finding("detector", State.FAILED, failure_line(error), remedy)
        return
    yield Finding("detector", State.OK, f"ready in {time.perf_counter() - started_s:.1f} s")


def _radio() -> Iterator[Finding]:
    if find_spec("bleak") is None:
        return
    try:
        asyncio.run(_listen_briefly())
    except Exception as error:  # bleak's backends raise what their platform raises
        said = f"no Bluetooth ({_short(error)})"
        remedy = "only the gateway needs it: plug in or switch on an adapter (Linux: start bluez)"
        yield Finding("bluetooth", State.NOTE, said, remedy)
        return
    yield Finding("bluetooth", State.OK, "the adapter listens")


async def _listen_briefly() -> None:
    from bleak import BleakScanner

    async with asyncio.timeout(_RADIO_WAIT_S), BleakScanner():
        pass


def _brokers() -> Iterator[Finding]:
    configured = list(_configured_brokers())
    if not configured:
        said = "none set; lumbar up and lumbar demo bring their own"
        yield Finding("broker", State.NOTE, said)
    for part, broker in configured:
        trouble = broker_trouble(broker)
        place = f"{part}'s broker at {broker.host}:{broker.port}"
        if trouble is None:
            how = ", encrypted" if broker.tls else ""
            yield Finding("broker", State.OK, f"{place} answers{how}")
        else:
            where = f"(settings LUMBAR_{part.upper()}_BROKER_...)"
            yield Finding("broker", State.FAILED, f"{place} {trouble} {where}")


def _configured_brokers() -> Iterator[tuple[str, BrokerAddress]]:
    for part, settings in (("gateway", gateway_settings()), ("server", server_settings())):
        if any(name.startswith("broker_") for name in settings.model_fields_set):
            yield part, settings.broker


def broker_trouble(broker: BrokerAddress) -> str | None:
    """Return why a broker lets nobody in, or None where it does."""
    import paho.mqtt.client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion

    answers: SimpleQueue[str | None] = SimpleQueue()
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id=f"lumbar-doctor-{secrets.token_hex(4)}"
    )
    client.username_pw_set(broker.username, broker.password)
    client.on_connect = lambda _c, _u, _f, code, _p: answers.put(
        refusal(str(code)) if code.is_failure else None
    )
    client.on_disconnect = lambda *_: answers.put(HUNG_UP)
    try:
        if broker.tls is not None:
            client.tls_set_context(broker.tls.context())
        client.connect(broker.host, broker.port)
        client.loop_start()
        return answers.get(timeout=_BROKER_WAIT_S)
    except Empty:
        return f"no answer for {_BROKER_WAIT_S:g} s"
    except TlsError as error:
        return str(error)
    except OSError as error:
        return connection_trouble(broker, error)
    finally:
        client.disconnect()
        client.loop_stop()


def _database() -> Iterator[Finding]:
    if find_spec("sqlalchemy") is None:
        return
    from sqlalchemy import make_url, text

    from lumbar.sqlite_file import sqlite_file
    from lumbar_server.database import open_engine, reading

    url = server_settings().database_url
    shown = make_url(url).render_as_string(hide_password=True)
    path = sqlite_file(url)
    if path is not None and not path.exists():
        yield _folder_finding(shown, path.absolute().parent)
        return
    engine = open_engine(url)
    try:
        with reading(engine) as connection:
            connection.execute(text("SELECT 1"))
        yield Finding("database", State.OK, f"{shown} answers")
    except Exception as error:
        remedy = "start it, or check LUMBAR_SERVER_DATABASE_URL"
        yield Finding("database", State.FAILED, f"{shown}: {_short(error)}", remedy)
    finally:
        engine.dispose()


def _folder_finding(shown: str, folder: Path) -> Finding:
    if os.access(folder, os.W_OK):
        return Finding("database", State.OK, f"{shown} will be made")
    said = f"{shown} cannot be made: {folder} is not a folder that you may write"
    return Finding("database", State.FAILED, said, "make it, or set LUMBAR_SERVER_DATABASE_URL")


def _disk() -> Iterator[Finding]:
    free = shutil.disk_usage(Path.cwd()).free
    said = f"{free / 1e9:.1f} GB free here"
    if free >= LEAST_FREE_BYTES:
        yield Finding("disk", State.OK, said)
    else:
        remedy = f"make room: at least {LEAST_FREE_BYTES / 1e9:g} GB, a sensor fills 50 MB a day"
        yield Finding("disk", State.FAILED, said, remedy)


def _short(error: BaseException) -> str:
    return (" ".join(str(error).split()) or type(error).__name__)[:100]
