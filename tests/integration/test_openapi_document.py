"""The OpenAPI document names every status, and shows every operation by an example that is true."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api_examples import TARGET, examples
from databases import DATABASES, fresh_database
from ingested import STREAM, commit, new_ingest
from lumbar_server.database import migrate, open_engine
from lumbar_server.openapi_document import is_file, operations
from running_server import running_server
from stream_messages import START_S


@pytest.fixture(params=DATABASES)
def api(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[httpx.Client]:
    with fresh_database(request.param, tmp_path) as url:
        migrate(url)
        engine = open_engine(url)
        commit(new_ingest(engine), *STREAM.batches(150), STREAM.end())
        engine.dispose()
        with (
            running_server(url, None, lambda: START_S + 600) as address,
            httpx.Client(base_url=address + "/api/v1") as api,
        ):
            yield api


def shape(value: Any) -> Any:
    """Return the names in a value, without what they stand for."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value]
    return None


def test_examples_are_what_a_server_answers(api: httpx.Client) -> None:
    told = examples(api)
    kept = json.loads(TARGET.read_text())
    assert shape(kept) == shape(told), "run python tests/support/api_examples.py"
    assert kept["parameters"] == told["parameters"]


def test_every_operation_and_every_problem_has_an_example(api: httpx.Client) -> None:
    document = api.get("/openapi.json").json()
    names = []
    for path, _, operation in operations(document):
        name = operation["operationId"]
        names.append(name)
        assert operation["summary"], name
        assert operation["description"], name
        if "requestBody" in operation:
            assert operation["requestBody"]["content"]["application/json"]["example"], name
        for status, answer in operation["responses"].items():
            content = answer.get("content", {})
            if int(status) >= 400:
                problem = content["application/problem+json"]["example"]
                assert problem["status"] == int(status)
            elif "application/json" in content and not is_file(content["application/json"]):
                assert "example" in content["application/json"], (
                    f"{name}: add {path} to the story in tests/support/api_examples.py"
                )
    assert len(set(names)) == len(names)
    assert "HTTPValidationError" not in document["components"]["schemas"]
