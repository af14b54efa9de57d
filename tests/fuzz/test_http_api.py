"""The HTTP API as its document says it, attacked by schemathesis over a real socket.

No answer with 5xx, none that the document does not describe, nothing wrong accepted, nothing right
refused. ``LUMBAR_API_EXAMPLES`` is how many examples each operation gets beside the systematic
ones; ``make test-full`` asks for thousands of requests, and for sequences of them that follow from
one another.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from databases import DATABASES, fresh_database
from ingested import STREAM, commit, new_ingest
from lumbar_server.database import migrate, open_engine
from running_server import running_server
from stream_messages import START_S

FEW = "5"
EXAMPLES = os.environ.get("LUMBAR_API_EXAMPLES", FEW)
PHASES = "examples,coverage,fuzzing" + ("" if EXAMPLES == FEW else ",stateful")
SEED = os.environ.get("LUMBAR_API_SEED", "1")
ONE_HOUR_S = 3600
SUPPORT = Path(__file__).parents[1] / "support"
CONFIG = Path(__file__).with_name("schemathesis.toml")


@pytest.fixture(params=DATABASES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as url:
        migrate(url)
        engine = open_engine(url)
        commit(new_ingest(engine), *STREAM.batches(150), STREAM.end())
        engine.dispose()
        with running_server(url, None, lambda: START_S + 600) as address:
            yield address


@pytest.mark.timeout(ONE_HOUR_S)
def test_no_request_finds_a_fault(address: str, tmp_path: Path) -> None:
    with httpx.Client(base_url=address + "/api/v1") as api:
        api.post("/wearers", json={"name": "Ada"})  # the examples name her
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run"),
        *(address + "/api/v1/openapi.json", "--max-examples", EXAMPLES, "--seed", SEED),
        *("--continue-on-failure", "--generation-database", "none", "--no-color"),
        *("--warnings", "off", "--phases", PHASES),
    ]
    paths = os.pathsep.join([str(SUPPORT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
    with httpx.Client(base_url=address + "/api/v1") as api:
        for path in ("/sessions", "/streams", "/wearers", "/changes", "/status"):
            assert api.get(path).status_code == 200
