"""The ``lumbar`` command. Each command imports its own part when it runs: help must be quick."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from lumbar.failure_line import failure_line

app = typer.Typer(
    name="lumbar",
    help="Record and coach back and core exercise from one accelerometer at the lower back.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command; every failure is one line on standard error and a non-zero exit."""
    try:
        app(prog_name="lumbar")
    except Exception as error:
        print(f"lumbar: {failure_line(error)}", file=sys.stderr)
        sys.exit(1)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"lumbar {version('lumbar')}")
        raise typer.Exit


@app.callback()
def _lumbar(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


@app.command()
def analyze(
    traces: Annotated[list[Path], typer.Argument(help="CSV, CSV.gz or Parquet files.")],
    report_format: Annotated[
        str, typer.Option("--format", "-f", help="table, json, jsonl (one object a line) or csv.")
    ] = "table",
    exercise: Annotated[
        str | None, typer.Option(help="What the wearer set out to do, e.g. glute_bridge.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the trace and what was found into this PNG.")
    ] = None,
) -> None:
    """Find exercise and posture in recorded traces.

    A trace has the columns t_s,ax_g,ay_g,az_g and, with a gyro, gx_dps,gy_dps,gz_dps. The exit
    status is not zero where a trace could not be used; the others are analysed all the same.

    Example: lumbar analyze monday.csv.gz --plot monday.png
    """
    from lumbar.analyze_files import analyze_files

    bad = analyze_files(traces, report_format=report_format, prescribed_name=exercise, plot=plot)
    raise typer.Exit(1 if bad else 0)
