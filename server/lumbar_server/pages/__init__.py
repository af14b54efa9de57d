"""The pages, drawn on the server: each file one page, all named here once."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, FastAPI

from lumbar_server.pages import (
    analyses,
    history,
    live,
    movements,
    my_data,
    problems,
    progress,
    screening,
    sensors,
    sessions,
    timeline,
    today,
    today_answers,
    wearers,
    weeks,
    why,
)
from lumbar_server.pages.vendored import read_vendored


@dataclass(frozen=True, slots=True)
class Page:
    """A page, or several that belong together.

    Parameters
    ----------
    router
        What answers for it.
    title, path
        Its place in the navigation at the head of every page; None for a page that others lead to.
    """

    router: APIRouter
    title: str | None = None
    path: str | None = None


# In the order of the navigation.
PAGES = (
    Page(today.router, "Today", "/today"),
    Page(today_answers.router),
    Page(screening.router),
    Page(weeks.router),
    Page(live.router, "Live", "/"),
    Page(history.router, "History", "/history"),
    Page(progress.router),
    Page(sessions.router),
    Page(timeline.router),
    Page(why.router),
    Page(analyses.router),
    Page(movements.router),
    Page(sensors.router, "Sensors", "/sensors"),
    Page(my_data.router, "My data", "/my-data"),
    Page(wearers.router),
    Page(problems.router),
)


def add_pages(app: FastAPI) -> None:
    """Let ``app`` serve the pages, each with the way to all others."""
    for page in PAGES:
        app.include_router(page.router, include_in_schema=False)
    app.state.navigation = [(page.title, page.path) for page in PAGES if page.title is not None]
    app.state.vendored = read_vendored()
