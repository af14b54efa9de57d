"""The ``lumbar`` command. Each command imports its own part when it runs: help must be quick."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from lumbar import backup_commands, copy_commands
from lumbar.failure_line import failure_line
from lumbar.logs import last_words
from lumbar.reanalyse import reanalyse

app = typer.Typer(
    name="lumbar",
    help="Record and coach back and core exercise from one accelerometer at the lower back.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
sim_app = typer.Typer(help="Simulated persons.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(sim_app, name="sim")


def main() -> None:
    """Run the command; every failure is one line on standard error and a non-zero exit."""
    try:
        app(prog_name="lumbar")
    except Exception as error:
        print(last_words(failure_line(error)), file=sys.stderr)
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


@app.command()
def doctor() -> None:
    """Check what this machine has and what is missing.

    Looks at Python's packages, the detector, Bluetooth, the clock, the brokers and the database
    that the environment names, the disk and the spool. Each line says what to do; the exit status
    is not zero where something would not work.

    Example: LUMBAR_SERVER_DATABASE_URL=postgresql://host/lumbar lumbar doctor
    """
    from lumbar.doctor.report import run_doctor

    raise typer.Exit(0 if run_doctor() else 1)


@app.command()
def scan(
    seconds: Annotated[float, typer.Option(help="How long to listen.", min=1, max=600)] = 10.0,
) -> None:
    """Show the Bluetooth devices that are in reach: name, profile, signal, battery, address.

    On a terminal the table follows what is heard; Ctrl-C ends it earlier.

    Example: lumbar scan --seconds 20
    """
    from lumbar.radio_scan import run_scan

    run_scan(seconds)


@app.command()
def pair(
    address: Annotated[str, typer.Argument(help="The sensor's address, as lumbar scan shows it.")],
) -> None:
    """Pair a sensor with this computer, for the first time or anew.

    Asks for the passkey where the sensor shows one. Most need none: the gateway pairs with those
    by itself. Needed again where it says that they are no longer paired.

    Example: lumbar pair C6:4C:3F:2A:91:C0
    """
    from lumbar.pair import run_pair

    run_pair(address)


@app.command()
def gateway() -> None:
    """Collect from sensors and send to the broker.

    Settings come from the environment: LUMBAR_GATEWAY_BROKER_HOST, _BROKER_PORT,
    _BROKER_USERNAME, _BROKER_PASSWORD, _BROKER_TLS, _BROKER_CA_FILE, _BROKER_CERTIFICATE_FILE,
    _BROKER_KEY_FILE, _SPOOL_PATH, _SPOOL_LIMIT_BYTES, _GATEWAY_ID and _METRICS_PORT.

    Example: LUMBAR_GATEWAY_BROKER_HOST=broker.home lumbar gateway
    """
    from lumbar.service import run_gateway

    run_gateway()


@app.command()
def worker() -> None:
    """Store and analyse what arrives at the broker.

    Settings come from the environment: LUMBAR_SERVER_DATABASE_URL, _BROKER_HOST, _BROKER_PORT,
    _BROKER_USERNAME, _BROKER_PASSWORD (and the TLS settings of lumbar gateway), _WORKER_ID
    (different for each worker), _SHARDS (such as 00-7f; all by default), _KEEP_RAW_DAYS and
    _MAX_DATABASE_BYTES (samples that are older or too much are deleted, results stay; kept for good
    by default) and _METRICS_PORT.

    Example: LUMBAR_SERVER_DATABASE_URL=sqlite:///lumbar.db lumbar worker
    """
    from lumbar.service import run_worker

    run_worker()


@app.command()
def server(
    port: Annotated[
        int | None, typer.Option(help="Where to listen; 0 takes a free port.", min=0, max=65535)
    ] = None,
) -> None:
    """Serve the HTTP API and the pages.

    Settings come from the environment: LUMBAR_SERVER_HTTP_PORT, _HTTP_NAMES (of a
    reverse proxy in front), _DATABASE_URL, _BROKER_HOST, _BROKER_PORT, _BROKER_USERNAME,
    _BROKER_PASSWORD, the TLS settings of lumbar gateway and _METRICS_PORT.

    Example: LUMBAR_SERVER_DATABASE_URL=sqlite:///lumbar.db lumbar server --port 8080
    """
    from lumbar.service import run_server

    run_server(port)


@app.command()
def up(
    data: Annotated[Path, typer.Option(help="Where database and spool are kept.")] = Path(
        "lumbar-data"
    ),
    port: Annotated[
        int, typer.Option(help="Of the pages; 0 takes a free port.", min=0, max=65535)
    ] = 8000,
) -> None:
    """Run everything for one household in one process.

    Collects from the sensors in reach of this computer's Bluetooth, stores in SQLite and serves
    the pages on loopback, until Ctrl-C. LUMBAR_SERVER_HTTP_NAMES has the names of a reverse proxy
    in front of them.

    Example: lumbar up --data ~/lumbar-data
    """
    from lumbar.up import run_up

    run_up(data, port=port)


@app.command()
def demo(
    duration: Annotated[
        float | None,
        typer.Option(help="Fit the programme into so many seconds, then end with a summary."),
    ] = None,
    port: Annotated[
        int, typer.Option(help="Of the page; 0 takes a free port.", min=0, max=65535)
    ] = 8000,
    seed: Annotated[int, typer.Option(help="Another one varies the movements.", min=0)] = 1,
) -> None:
    """Watch a simulated workout travel from the sensor to the page.

    Nothing is kept. The exit status is 0 only if no sample was lost and every set was found as the
    simulated wearer did it.

    Example: lumbar demo --duration 60
    """
    from lumbar.demo import run_demo

    raise typer.Exit(0 if run_demo(duration, port=port, seed=seed) else 1)


@app.command()
def replay(
    trace: Annotated[Path, typer.Argument(help="A CSV, CSV.gz or Parquet file.")],
    speed: Annotated[float, typer.Option(help="Times real time.", min=0.1, max=1000)] = 1.0,
    port: Annotated[
        int, typer.Option(help="Of the page; 0 takes a free port.", min=0, max=65535)
    ] = 8000,
    data: Annotated[
        Path | None, typer.Option(help="Keep spool and database in this folder.")
    ] = None,
) -> None:
    """Send a recorded trace through the whole chain, as if a sensor were measuring it.

    The stored samples are compared with the file at the end; nothing is kept without --data.

    Example: lumbar replay monday.csv.gz --speed 10 --data kept/
    """
    from lumbar.replay import run_replay

    run_replay(trace, speed=speed, port=port, data=data)


copy_commands.register(app)
backup_commands.register(app)
app.command()(reanalyse)


@app.command()
def score(
    truth: Annotated[Path, typer.Option(help="A truth, or a folder of *.truth.json files.")],
    analysis: Annotated[Path, typer.Option(help="What lumbar analyze printed, json or jsonl.")],
    live: Annotated[
        Path | None, typer.Option(help="The log of live runs: one counted repetition a line.")
    ] = None,
    report_format: Annotated[str, typer.Option("--format", "-f", help="table or json.")] = "table",
    by: Annotated[
        str | None, typer.Option(help="exercise, body, style, placement or hardware (table only).")
    ] = None,
) -> None:
    """Tell how well an analysis agrees with what a simulated wearer truly did.

    Any program that prints lumbar.analysis/1 can be scored. An analysis belongs to the truth of
    the same file name, endings aside. JSON has all factors.

    Example: lumbar score --truth traces/ --analysis found.jsonl --by exercise
    """
    from lumbar.scoring.score_files import score_files

    score_files(truth, analysis, live, report_format=report_format, by=by)


@sim_app.command()
def trace(
    out: Annotated[
        Path, typer.Option(help="A .csv, .csv.gz or .parquet file, numbered if many; or a folder.")
    ],
    exercise: Annotated[str | None, typer.Option(help="One set of it, e.g. glute_bridge.")] = None,
    programme: Annotated[str | None, typer.Option(help="A longer story, e.g. demo.")] = None,
    minutes: Annotated[float | None, typer.Option(help="How long the programme takes.")] = None,
    repetitions: Annotated[int | None, typer.Option(help="Of the exercise.")] = None,
    hold: Annotated[float | None, typer.Option(help="Seconds to hold the exercise.")] = None,
    family: Annotated[
        list[str] | None, typer.Option(help="Of body, style, placement or hardware; repeatable.")
    ] = None,
    purpose: Annotated[
        str | None, typer.Option(help="Of all families: development (the default) or reporting.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another one draws other persons.", min=0)] = 1,
    rate: Annotated[
        float | None, typer.Option(help="Samples a second, instead of the family's own.")
    ] = None,
    count: Annotated[int, typer.Option(help="How many persons, one trace each.")] = 1,
    truth: Annotated[
        Path | None, typer.Option(help="The truth's file; NAME.truth.json beside the trace.")
    ] = None,
) -> None:
    """Simulate persons who wear a sensor: traces, and what was truly done.

    A person is drawn from four families: body, style, placement and hardware; the factors that
    no --family names take turns through all families of the purpose. The samples are in the axes
    of the sensor as it is worn.

    Example: lumbar sim trace --exercise cat_cow --purpose reporting --count 8 --out traces/
    """
    from lumbar.sim_trace import TraceOptions, run_sim_trace
    from lumbar.simulated_script import Script

    run_sim_trace(
        TraceOptions(
            script=Script(exercise, programme, minutes, repetitions, hold),
            families=tuple(family or ()),
            purpose=purpose,
            seed=seed,
            sampling_rate_hz=rate,
            count=count,
            out=out,
            truth=truth,
        )
    )
