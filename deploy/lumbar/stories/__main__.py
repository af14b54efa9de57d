"""``python -m lumbar.stories``: lives three months of three simulated people, and tells them."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from lumbar.failure_line import failure_line
from lumbar.stories.cast import PEOPLE
from lumbar.stories.life import life_of
from lumbar.stories.living import DAYS
from lumbar.stories.page import page

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

PAGE = "stories.md"


@app.command()
def stories(
    out: Annotated[Path, typer.Option(help="Folder of the page.")],
    days: Annotated[int, typer.Option(help="How long they live.", min=7, max=DAYS)] = DAYS,
) -> None:
    """Let three simulated people follow the programme, and write what happened.

    Example: python -m lumbar.stories --out docs
    """
    console = Console(stderr=True)
    diaries = []
    for one in PEOPLE:
        with console.status(f"{one.name} lives {days} days"), TemporaryDirectory() as folder:
            diaries.append(life_of(one, Path(folder), days))
        console.print(f"{one.name}: {len(diaries[-1].sessions())} sessions")
    path = out / PAGE
    path.write_text(page(diaries), encoding="utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    try:
        app(prog_name="python -m lumbar.stories")
    except Exception as error:
        print(f"lumbar: {failure_line(error)}", file=sys.stderr)
        sys.exit(1)
