"""Where a SQLite database lies."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url


def sqlite_file(database_url: str) -> Path | None:
    """Return the file of a SQLite database; None for a server, and for one in memory."""
    target = make_url(database_url)
    if target.get_backend_name() != "sqlite" or target.database in (None, "", ":memory:"):
        return None
    return Path(str(target.database))
