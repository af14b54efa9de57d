"""Room for the database and for the gateway's spool."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from lumbar.doctor.finding import Finding, State
from lumbar.service_settings import gateway_settings, is_gateway, server_settings
from lumbar.sqlite_file import sqlite_file
from lumbar_gateway.spool import DEFAULT_MAX_AGE_S
from lumbar_gateway.spool_outlook import SpoolOutlook, look_ahead

LEAST_FREE_BYTES = 10**9  # 24 hours of one sensor at 100 Hz are about 50 MB in the database
_DAY_S = 24 * 3600.0
_LEAST_SPOOL_S = _DAY_S  # chosen: a day without the server, to notice and to mend it


def check_disk() -> Iterator[Finding]:
    """Tell what is free where the database lies, and how long the spool would last."""
    database = sqlite_file(server_settings().database_url)
    folder = Path.cwd() if database is None else _existing(database.absolute().parent)
    yield room_finding(folder, shutil.disk_usage(folder).free)
    settings = gateway_settings()
    if is_gateway() or settings.spool_path.exists():
        free = shutil.disk_usage(_existing(settings.spool_path.absolute().parent)).free
        yield spool_finding(look_ahead(settings.spool_path, settings.spool_limit_bytes, free))


def room_finding(folder: Path, free_bytes: int) -> Finding:
    """Judge the room of a folder."""
    said = f"{free_bytes / 1e9:.1f} GB free in {folder}"
    if free_bytes >= LEAST_FREE_BYTES:
        return Finding("disk", State.OK, said)
    remedy = f"make room: at least {LEAST_FREE_BYTES / 1e9:g} GB, a sensor fills 50 MB a day"
    return Finding("disk", State.FAILED, said, remedy)


def spool_finding(outlook: SpoolOutlook) -> Finding:
    """Judge how long the spool would take all samples while the server is away."""
    days, hours = divmod(round(outlook.full_after_s / 3600), 24)
    sensors = "1 sensor" if outlook.sensors == 1 else f"{outlook.sensors} sensors"
    said = (
        f"{outlook.used_bytes / 1e6:.0f} MB waiting; without the server it would be full after "
        f"{days} days {hours} h with {sensors}"
    )
    if outlook.full_after_s > DEFAULT_MAX_AGE_S:
        said += f" (samples of over {DEFAULT_MAX_AGE_S / _DAY_S:.0f} days are given up before)"
    if outlook.full_after_s >= _LEAST_SPOOL_S:
        return Finding("spool", State.OK, said)
    remedy = (
        "free disk space, raise LUMBAR_GATEWAY_SPOOL_LIMIT_BYTES, or see why the server is away"
    )
    return Finding("spool", State.FAILED, said, remedy)


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest above it that exists."""
    return next(one for one in (folder, *folder.parents) if one.exists())
