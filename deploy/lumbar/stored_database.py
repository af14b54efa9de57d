"""Which database a command is about."""

from __future__ import annotations

from pathlib import Path

from lumbar.errors import UsageError
from lumbar.service_settings import server_settings
from lumbar.sqlite_file import sqlite_file


def stored_database(data: Path | None) -> str:
    """Return the URL of a household's database, or of the one that the environment names.

    Raises ``UsageError`` for a file that does not exist.
    """
    url = server_settings().database_url if data is None else f"sqlite:///{data / 'lumbar.db'}"
    file = sqlite_file(url)
    if file is not None and not file.exists():
        raise UsageError(
            f"{file} does not exist: give --data the folder of lumbar up, or set "
            "LUMBAR_SERVER_DATABASE_URL"
        )
    return url
