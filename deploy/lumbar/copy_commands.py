"""The commands that take the record away and bring it back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None,
    typer.Option(help="The folder of lumbar up; else LUMBAR_SERVER_DATABASE_URL is read."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``lumbar``."""
    app.command()(export)
    app.command(name="import")(import_)


def export(
    file: Annotated[Path, typer.Argument(help="The file to write; its ending says the form.")],
    form: Annotated[
        str | None, typer.Option(help="json, csv, parquet, fit or labels, whatever the ending.")
    ] = None,
    session: Annotated[
        int | None, typer.Option(help="Only this session, as /api/v1/sessions numbers it.")
    ] = None,
    wearer: Annotated[
        int | None, typer.Option(help="Only this wearer's, as /api/v1/wearers numbers them.")
    ] = None,
    stream: Annotated[
        str | None,
        typer.Option(help="Of a trace: its id at /api/v1/streams; the newest where left out."),
    ] = None,
    data: Data = None,
) -> None:
    """Take the record away: all of it, a wearer's or a session's; or a sensor's samples as a trace.

    .json (.json.gz) has everything and can be imported elsewhere; .csv.zip and .parquet.zip have
    tables, Parquet also the samples; .fit is an activity, .fit.zip all of them; .labels.jsonl what
    was corrected. .csv, .csv.gz and .parquet are traces: the samples of one sensor from one start
    of it to the next. docs/exports.md says what each form loses.

    Example: lumbar export everything.json.gz --data ~/lumbar-data
    """
    from lumbar.errors import UsageError
    from lumbar.record_copy import form_of, run_record_export
    from lumbar.stream_export import run_export
    from lumbar_server.exports.selection import Selection

    wanted = form_of(file, form)
    if (stream is not None and wanted is not None) or (session is not None and wearer is not None):
        raise UsageError("give one of --session, --wearer and, for a trace, --stream")
    if wanted is not None:
        run_record_export(file, wanted, Selection(session, wearer), data)
        return
    if session is not None or wearer is not None:
        raise UsageError(f"{file}: a trace is of one stream; name it .csv.zip or .parquet.zip")
    run_export(file, stream_id=stream, data=data)


def import_(
    file: Annotated[Path, typer.Argument(help="What lumbar export wrote as .json or .json.gz.")],
    data: Data = None,
) -> None:
    """Bring a copy of the record back, all of it or nothing.

    What is there already stays; importing twice changes nothing. A file that says something else
    than what is stored is refused, with what differs.

    Example: lumbar import everything.json.gz --data ~/lumbar-data
    """
    from lumbar.record_copy import run_import

    run_import(file, data)
