"""Files that are no record, or not a whole one: refused with what to do."""

import io
import json
from typing import Any

import pytest

from carried import Json
from lumbar_server.errors import BadRequestError
from lumbar_server.imports.contents import read_contents


def edited(document: Json, path: str, value: object) -> Json:
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place: Any = document
    for step in way:
        place = place[step]
    if value is None and isinstance(place, dict):
        del place[last]
    else:
        place[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("schema", "lumbar.record/2", "this version of lumbar reads lumbar.record/1"),
        ("extra", 1, "extra: not in lumbar.record/1"),
        ("streams.0.sensor_id", "nobody", "sensor nobody is not among the sensors"),
        ("streams.0.format.channels", 4, "streams format.channels"),
        ("streams.0.clock", None, "streams clock"),
        ("streams.0.stored", [[5, 5]], "needs 0 <= start < end"),
        ("streams.0.stored", [[0, 10**9]], "some of its samples are missing"),
        ("samples.0.first_index", 10**6, "not among what the stream has"),
        ("samples.0.int16", "AAAA", "not .* rows"),
        ("samples.0.sources", [], "do not add up"),
        ("sessions.0.wearer", "Nobody", "Nobody is not among the wearers"),
        ("sessions.0.started_utc", "9999-12-31T23:59:59-14:00", "must be from 1970 to 9999"),
        ("sessions.0.comfort_before", 11, "sessions comfort_before"),
        ("sessions.0.note", "\0", "should match pattern"),
        ("sessions.1.corrections.0.repetitions", 10**9, "corrections.0.repetitions"),
        ("sessions.1.parts.0.stream_id", "0" * 16, "needs each stream once, and in the file"),
        ("wearers.0.time_zone", "Mars/Olympus", "IANA"),
        ("analyses.0.parameters_sha256", "x", "analyses parameters_sha256"),
        ("wearers.0.screenings.0.kind", "half", "wearers screenings.0.kind"),
        ("wearers.0.screenings.0.yes", ["; DROP"], "screenings.0.yes.0"),
        ("wearers.0.programme.amber_from", 6, "programme.amber_from"),
        ("wearers.0.programme.red_from", 3, "amber_from is not below red_from"),
        ("wearers.0.choices.0.choice", "harder", "choices.0.choice"),
        ("sessions.1.blocks.0.line", 2, "of a line that was not set out"),
        ("sessions.1.blocks.0.ended_utc", "2020-01-01T00:00:00Z", "a block ends before it begins"),
        ("sessions.1.blocks.0.felt", "awful", "blocks.0.felt"),
        ("sessions.1.prescription", None, "no prescription that they are of"),
        ("sessions.1.prescription.lines.0.dose.sets", 0, "lines.0.dose.sets"),
        ("sessions.1.stop.reason", "bored", "sessions stop.reason"),
        ("sessions.1.next_day.answer", "better", "sessions next_day.answer"),
    ],
)
def test_bad_file_is_refused_with_what_to_do(
    document: bytes, path: str, value: object, complaint: str
) -> None:
    bad = edited(json.loads(document), path, value)
    with pytest.raises(BadRequestError, match=complaint):
        read_contents(io.BytesIO(json.dumps(bad).encode()))


def test_cut_off_file_is_refused(document: bytes) -> None:
    for length in (0, 1, 100, len(document) // 2, len(document) - 3):
        with pytest.raises(BadRequestError, match=r"download it again|choose a"):
            read_contents(io.BytesIO(document[:length]))
