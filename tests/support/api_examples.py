"""The examples of the OpenAPI document: ``python tests/support/api_examples.py`` writes them.

They are what a real server answers in one story, with lists cut short, and lie in
``server/lumbar_server/openapi_examples.json``.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import httpx

from ingested import STREAM, commit, new_ingest
from lumbar_server.database import migrate, open_engine
from lumbar_server.openapi_document import operations
from running_server import running_server
from stream_messages import START_S

TARGET = Path(__file__).parents[2] / "server" / "lumbar_server" / "openapi_examples.json"
MOST = 2  # of a list: enough to see its form
PARAMETERS = {
    "session_id": 1,
    "wearer_id": 1,
    "correction_id": 1,
    "block_id": 1,
    "day": "2025-06-15",
    "ladder": "glute_bridge",
    "receipt_id": 1,
    "stream_id": STREAM.key,
    "sensor_id": STREAM.sensor_id,
    "since": 0,
    "limit": 50,
    "from_utc": "2025-06-01T00:00:00Z",
    "until_utc": "2025-07-01T00:00:00Z",
    "first": 0,
    "If-Match": '"1"',
    "Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}
SAID = {"comfort_before": 3, "comfort_after": 2, "effort": 5, "note": "The last bridges were hard"}
STORY: tuple[tuple[str, str, Any], ...] = (
    ("get", "/status", None),
    ("get", "/sensors", None),
    ("get", "/streams", None),
    ("get", "/streams/{stream_id}", None),
    ("get", "/streams/{stream_id}/samples", None),
    ("get", "/wearers", None),
    ("get", "/wearers/{wearer_id}", None),
    ("patch", "/wearers/{wearer_id}", {"time_zone": "Europe/Vienna"}),
    ("post", "/wearers", {"name": "Ada", "time_zone": "Europe/Vienna", "quiet_s": 300}),
    (
        "post",
        "/assignments",
        {"sensor_id": "SIM-1", "wearer_id": 1, "from_utc": "2025-06-15T08:00:00Z"},
    ),
    ("get", "/assignments", None),
    ("get", "/sessions", None),
    (
        "post",
        "/sessions",
        {
            "wearer_id": 1,
            "started_utc": "2025-06-14T17:30:00Z",
            "ended_utc": "2025-06-14T18:00:00Z",
        },
    ),
    ("patch", "/sessions/{session_id}", SAID),
    (
        "post",
        "/sessions/{session_id}/corrections",
        {"exercise": "dead_bug", "start_s": 20.0, "end_s": 60.0, "repetitions": 10},
    ),
    ("get", "/sessions/{session_id}", None),
    ("delete", "/sessions/{session_id}/corrections/{correction_id}", None),
    ("get", "/sessions/{session_id}/analyses", None),
    ("post", "/sessions/{session_id}/reanalyse", None),
    ("post", "/sessions/{session_id}/stop", None),
    ("get", "/programme/movements", None),
    ("get", "/changes", None),
    ("get", "/storage", None),
    (
        "post",
        "/deletions",
        {"wearer_id": 1, "what": "raw", "before_utc": "2025-01-01T00:00:00Z"},
    ),
    ("get", "/receipts", None),
    ("get", "/receipts/{receipt_id}", None),
)
PLANNED: tuple[tuple[str, str, Any], ...] = (
    ("get", "/programme/questions", None),
    ("post", "/wearers/{wearer_id}/screenings", {"kind": "full", "yes": ["joints"]}),
    ("patch", "/wearers/{wearer_id}/programme/settings", {"is_sedentary": True}),
    ("get", "/wearers/{wearer_id}/programme/settings", None),
    ("put", "/wearers/{wearer_id}/plan/{day}/choices/{ladder}", {"choice": "easier"}),
    ("get", "/wearers/{wearer_id}/plan", None),
    (
        "post",
        "/wearers/{wearer_id}/planned-sessions",
        {"length": "full", "comfort_before": 2, "any_change": False},
    ),
)
FOLLOWED: tuple[tuple[str, str, Any], ...] = (
    ("post", "/sessions/{session_id}/blocks", {"line": 0}),
    ("post", "/sessions/{session_id}/blocks/{block_id}/end", {"felt": "bit_more"}),
    ("put", "/sessions/{session_id}/stop-reason", {"reason": "too_much", "discomfort": 4}),
    ("get", "/sessions/{session_id}/prescription", None),
    ("get", "/wearers/{wearer_id}/programme/decisions", None),
)
RUNNING = ("pause", "resume")


def shortened(value: Any) -> Any:
    """Return an answer with its lists cut."""
    if isinstance(value, list):
        return [shortened(one) for one in value[:MOST]]
    if isinstance(value, dict):
        return {name: shortened(one) for name, one in value.items()}
    return value


def examples(api: httpx.Client) -> dict[str, Any]:
    """Play the story on a server that has one workout; return what was sent and answered."""
    found = {}
    names = {
        (method, path.removeprefix("/api/v1")): operation["operationId"]
        for path, method, operation in operations(api.get("/openapi.json").json())
    }

    def play(method: str, path: str, body: Any, **ids: Any) -> Any:
        answer = api.request(method, path.format(**{**PARAMETERS, **ids}), json=body)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        known = {"request": shortened(body)} if body is not None else {}
        found[names[method, path]] = known | {"answer": shortened(answer.json())}
        return answer.json()

    for method, path, body in STORY:
        play(method, path, body)
    planned: Any = None
    for method, path, body in PLANNED:  # by the second wearer, who has done nothing yet
        planned = play(method, path, body, wearer_id=2)
    mine = {"wearer_id": 2, "session_id": planned["id"]}
    for method, path, body in FOLLOWED:
        play(method, path, body, **mine)
    api.post(f"/sessions/{planned['id']}/stop")
    play("put", "/sessions/{session_id}/next-day", {"answer": "bit_more"}, **mine)
    running = api.post("/sessions", json={}).json()["id"]
    for what in RUNNING:
        play("post", f"/sessions/{{session_id}}/{what}", None, session_id=running)
    gone = api.post(f"/sessions/{running}/stop").json()["id"]
    play("delete", "/sessions/{session_id}", None, session_id=gone)
    copy = api.get("/export", params={"wearer_id": 2}).json()
    play("post", "/import", copy)
    return {"parameters": PARAMETERS, "operations": found}


def main() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/examples.db"
        migrate(url)
        engine = open_engine(url)
        commit(new_ingest(engine), *STREAM.batches(150), STREAM.end())
        engine.dispose()
        with (
            running_server(url, None, lambda: START_S + 600) as address,
            httpx.Client(base_url=address + "/api/v1") as api,
        ):
            told = examples(api)
    TARGET.write_text(json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
