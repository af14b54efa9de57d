"""The guide of a prescribed session, played in a browser with what it is told of the detector."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from chromium import running_browser
from running_server import running_server

Told = list[list[Any]]  # [at_s, kind, text] of all that happened
PLAY = """async ([lines, spans, at]) => {
    const { Guide } = await import("/static/live/guide.js");
    const guide = new Guide(lines, at ?? undefined);
    const told = [];
    const tell = (t_s, kind, text) => told.push([t_s, kind, text]);
    let shown = "";
    let step = 0;
    for (const span of spans) {
        if (span.press) guide[span.press[0]](...span.press.slice(1));
        for (; step / 4 < span.until_s; step += 1) {
            const t_s = step / 4;
            const hold_s = span.hold_from_s == null ? null : t_s - span.hold_from_s;
            const now_ms = 1000 * t_s;
            const { link = "connected", state = null, isPaused = false } = span;
            const now = guide.follow({ now_ms, state, link, hold_s, isPaused });
            if (now.step !== shown) tell(t_s, "step", now.step);
            shown = now.step;
            for (const [kind, text] of now.say) tell(t_s, kind, text);
            for (const act of now.acts) {
                tell(t_s, "act", Object.keys(act)[0] + " " + Object.values(act).join(" "));
            }
            window.moment = now.moment;
        }
    }
    window.guide = guide;
    return told;
}"""


@contextmanager
def script_page(folder: Path) -> Iterator[Page]:
    """Yield an empty page that can load the server's scripts."""
    url = f"sqlite:///{folder / 'test.db'}"
    with running_server(url, None, lambda: 1.75e9) as address, running_browser() as browser:
        page = browser.new_page()
        page.goto(address + "/static/icon.svg")
        yield page


def line(exercise: str = "glute_bridge", **changes: Any) -> dict[str, Any]:
    """Return a line of a prescription."""
    dose = {"sets": 2, "repetitions": 3, "hold_s": None, "per_side": False}
    dose |= changes.pop("dose", {})
    plain = {
        "ladder": "x",
        "rung": 0,
        "exercise": exercise,
        "name": exercise.replace("_", " ").capitalize(),
        "form": "",
        "load": None,
        "rest_s": 30,
        "repetition_s": 4,
        "counting": "high",
        "say": {"start": "Begin."},
        "cues": [],
    }
    return plain | changes | {"dose": dose}


BRIDGE = line()
PLANK = line("forearm_plank", dose={"repetitions": None, "hold_s": 10, "sets": 1})
BUG = line("dead_bug", dose={"repetitions": 2, "per_side": True, "sets": 1}, counting="ask")
DOG = line("bird_dog", dose={"per_side": True, "sets": 1}, say={"done": "Change sides."})


def seen(*sets: tuple[str, int, int], now: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a state with sets of (exercise, start, repetitions)."""
    told = [
        {"exercise": name, "start": start, "end": start + 10 * count, "repetitions": count}
        for name, start, count in sets
    ]
    latest = told[-1]["exercise"] if told else None
    state = {"analysed": True, "stream": "1", "end_index": 0, "set_number": len(told)}
    return state | {"sets": told, "exercise": now or latest, "repetitions": 0} | more


def until(until_s: float, *sets: tuple[str, int, int], **more: Any) -> dict[str, Any]:
    """Return a span of time in which the detector says the same."""
    state = seen(*sets, now=more.pop("now", None))
    return {"until_s": until_s, "state": state} | more


def played(
    page: Page, lines: list[Any], *spans: dict[str, Any], at: dict[str, int] | None = None
) -> Told:
    """Lead through ``lines``; return all that happened."""
    told: Told = page.evaluate(PLAY, [lines, list(spans), at])
    return told


def said(told: Told, *kinds: str) -> list[str]:
    """Return what was said."""
    return [text for _, kind, text in told if kind in (kinds or ("lead", "count", "sensor"))]


def steps(told: Told) -> list[tuple[float, str]]:
    """Return when which step began."""
    return [(at_s, text) for at_s, kind, text in told if kind == "step"]


def bridges(*counts: int, begin: int = 100) -> list[tuple[str, int, int]]:
    """Return sets of bridges."""
    return [("glute_bridge", begin + 1000 * n, count) for n, count in enumerate(counts)]
