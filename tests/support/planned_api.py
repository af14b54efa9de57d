"""What somebody who follows the plan asks of the HTTP API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx

from moved_clock import MovedClock

Json = dict[str, Any]
MONDAY_UTC = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def begin(api: httpx.Client, **said: Any) -> Json:
    body = {"length": "full", "comfort_before": 2, "any_change": False} | said
    answer = api.post("/wearers/1/planned-sessions", json=body)
    assert answer.status_code == 201, answer.text
    session: Json = answer.json()
    return session


def work_out(api: httpx.Client, clock: MovedClock, felt: str = "same") -> int:
    """Do all lines by hand, without a sensor, and say how it was."""
    session_id: int = begin(api)["id"]
    path = f"/sessions/{session_id}"
    for number, line in enumerate(api.get(f"{path}/prescription").json()["lines"]):
        block = api.post(f"{path}/blocks", json={"line": number}).json()
        clock.go_on(minutes=2)
        api.post(f"{path}/blocks/{block['id']}/end", json={"felt": felt})
        dose = line["dose"]
        times = dose["sets"] * (2 if dose["per_side"] else 1)
        held = [dose["hold_s"]] * times if dose["repetitions"] is None else None
        said = {
            "exercise": line["exercise"],
            "start_s": 120.0 * number,
            "end_s": 120.0 * number + 60.0,
            "repetitions": times * (dose["repetitions"] or 0),
            "holds_s": held,
        }
        assert api.post(f"{path}/corrections", json=said).status_code == 201
    api.post(f"{path}/stop")
    api.patch(path, json={"comfort_during": 3, "comfort_after": 2})
    return session_id


def plan(api: httpx.Client, length: str = "full") -> Json:
    found: Json = api.get("/wearers/1/plan", params={"length": length}).json()
    return found
