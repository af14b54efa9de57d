"""Whether the database answers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from lumbar.doctor.finding import Finding, State, short
from lumbar.service_settings import server_settings


def check_database() -> Iterator[Finding]:
    """Ask it something, or look whether an SQLite file could be made."""
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
        yield Finding("database", State.FAILED, f"{shown}: {short(error)}", remedy)
    finally:
        engine.dispose()


def _folder_finding(shown: str, folder: Path) -> Finding:
    if os.access(folder, os.W_OK):
        return Finding("database", State.OK, f"{shown} will be made")
    said = f"{shown} cannot be made: {folder} is not a folder that you may write"
    return Finding("database", State.FAILED, said, "make it, or set LUMBAR_SERVER_DATABASE_URL")
