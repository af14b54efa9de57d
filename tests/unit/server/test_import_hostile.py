"""Files from strangers: what is in them is refused, or becomes a record that can be read."""

import copy
import io
import json
import random
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Engine

from household import LATER_UTC, all_records
from lumbar_server.errors import BadRequestError, ConflictError
from lumbar_server.exports.forms import Form, download
from lumbar_server.exports.selection import Selection
from lumbar_server.imports.record_file import import_record
from lumbar_server.routes.session_view import detail_of

FILES = 250
_ODD = (
    None,
    True,
    0,
    -1,
    1,
    2**31,
    2**63,
    10**400,
    -0.5,
    1e308,
    "",
    "x",
    "\0",
    "0" * 16,
    "unknown",
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2025-06-15",
    [],
    [[3, 2]],
    {},
)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    found = [way] if way else []
    for key, one in inner:
        found += places(one, (*way, key))
    return found


def spoiled(document: bytes, rng: random.Random) -> bytes:
    """Return the document with something else in one to three places, or pieces swapped."""
    bad = json.loads(document)
    for _ in range(rng.randint(1, 3)):
        *way, last = rng.choice(places(bad))
        place = bad
        for step in way:
            place = place[step]
        alike = [one for one in places(bad) if one[-1] == last]
        other = rng.choice(alike if rng.random() < 0.5 else places(bad))
        value = bad
        for step in other:
            value = value[step]
        match rng.randrange(6):
            case 0:
                del place[last]
            case 1:
                place[last] = copy.deepcopy(value)
            case 2 if isinstance(place, list):
                place.append(copy.deepcopy(place[last]))
            case 3 | 4 if isinstance(place[last], int | float) and abs(place[last]) < 1e300:
                place[last] += rng.choice((-1, 1)) * 10.0 ** rng.randint(-3, 6)
                place[last] = rng.choice((place[last], int(place[last])))
            case _:
                place[last] = rng.choice(_ODD)
    return json.dumps(bad).encode()


@pytest.mark.parametrize("seed", range(5))
def test_spoiled_files_are_refused_or_can_be_read(
    engine: Engine, document: bytes, seed: int
) -> None:
    rng = random.Random(seed)
    for _ in range(FILES // 5):
        data = spoiled(document, rng)
        with suppress(BadRequestError, ConflictError):
            import_record(engine, io.BytesIO(data), LATER_UTC)
    for one in all_records(engine):
        detail_of(one).model_dump_json()
    for form in Form:
        for block in download(engine, form, Selection(), LATER_UTC).blocks:
            assert isinstance(block, bytes)
