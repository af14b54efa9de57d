"""``python -m lumbar.evidence``: writes the evidence page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lumbar.errors import UsageError
from lumbar.evidence.findings import Absent, Findings
from lumbar.evidence.independent_body import independent_body
from lumbar.evidence.recordings import RecordingRow, recorded
from lumbar.evidence.simulation import simulated
from lumbar.evidence.written_page import write_page
from lumbar.failure_line import failure_line
from lumbar.scoring import Score
from lumbar_signal import PARAMETERS_SHA256, VERSION

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
def evidence(
    out: Annotated[Path, typer.Option(help="Folder of the page.")],
    bodies: Annotated[int, typer.Option(help="Simulated persons.", min=2)] = 48,
    everyday_hours: Annotated[
        int, typer.Option(help="Of everyday life, all persons together.", min=0)
    ] = 288,
    seed: Annotated[int, typer.Option(help="Another one draws other persons.", min=0)] = 1,
    recordings: Annotated[
        Path, typer.Option(envvar="LUMBAR_RECORDINGS", help="Folder of recordings.")
    ] = Path("../shared/recordings"),
    body: Annotated[
        Path | None,
        typer.Option("--independent-body", help="Folder of traces of the independent body."),
    ] = None,
    allow_less: Annotated[
        bool, typer.Option("--allow-less", help="Overwrite a page that tells of more.")
    ] = False,
) -> None:
    """Measure the detector on simulated wearers and recordings, and write the page.

    Example: python -m lumbar.evidence --out docs --bodies 8 --everyday-hours 8
    """
    console = Console(stderr=True)
    findings = Findings(
        detector_version=VERSION,
        parameters_sha256=PARAMETERS_SHA256,
        seed=seed,
        simulated=simulated(
            bodies=bodies, everyday_hours=everyday_hours, seed=seed, console=console
        ),
        independent_body=_independent_body(body, seed),
        recordings=_recordings(recordings),
    )
    print(f"wrote {write_page(findings, out, allow_less=allow_less)}")


def _independent_body(folder: Path | None, seed: int) -> Score | Absent:
    if folder is None:
        return Absent("no traces of it were given (`make independent-body` makes them).")
    return independent_body(folder, seed)


def _recordings(folder: Path) -> tuple[RecordingRow, ...] | Absent:
    try:
        return recorded(folder)
    except UsageError:
        return Absent("no recordings were at hand (`LUMBAR_RECORDINGS` names their folder).")


if __name__ == "__main__":
    try:
        app(prog_name="python -m lumbar.evidence")
    except Exception as error:
        print(f"lumbar: {failure_line(error)}", file=sys.stderr)
        sys.exit(1)
