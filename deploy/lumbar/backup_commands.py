"""``lumbar backup`` and ``lumbar restore``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from lumbar.errors import UsageError

_Data = Annotated[
    Path | None,
    typer.Option(help="The folder of lumbar up; else LUMBAR_SERVER_DATABASE_URL is read."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``lumbar``."""
    app.command()(backup)
    app.command()(restore)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    data: _Data = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
) -> None:
    """Write all that is stored into one file, of one moment, while everything goes on.

    It is read back and compared before it gets its name. It restores into SQLite and PostgreSQL
    alike. What is deleted later stays in it: keep it as you would keep the database.

    Example: lumbar backup monday.lumbar --data ~/lumbar-data
    """
    from lumbar_server.backup import back_up

    done = back_up(_database_url(data, must_exist=True), file, datetime.now(UTC), force=force)
    print(f"{file}: {done.rows} rows of {len(done.tables)} tables, written and verified")


def restore(
    file: Annotated[Path, typer.Argument(help="What lumbar backup wrote.")],
    data: _Data = None,
    force: Annotated[bool, typer.Option("--force", help="Lose what is stored there now.")] = False,
) -> None:
    """Put a backup in the place of what is stored; all of it or nothing.

    Stop worker and server before, and start them afterwards.

    Example: lumbar restore monday.lumbar --data ~/lumbar-data-2
    """
    from lumbar_server.backup import restore as put_back

    done = put_back(_database_url(data, must_exist=False), file, force=force)
    print(f"{file}: {done.rows} rows as of {done.made_utc} are restored")


def _database_url(data: Path | None, *, must_exist: bool) -> str:
    from lumbar.service_settings import server_settings
    from lumbar.sqlite_file import sqlite_file

    if data is not None and not must_exist:
        data.mkdir(parents=True, exist_ok=True)
    url = server_settings().database_url if data is None else f"sqlite:///{data / 'lumbar.db'}"
    path = sqlite_file(url)
    if must_exist and path is not None and not path.exists():
        raise UsageError(
            f"{path} does not exist: give --data the folder of lumbar up, or set "
            "LUMBAR_SERVER_DATABASE_URL"
        )
    return url
