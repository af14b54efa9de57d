"""What the HTTP API answers about the movements of the programme."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from lumbar_server.programme.movement import Counting, Kind, Need
from lumbar_server.schemas import Model


class Dose(Model):
    """How much of a movement."""

    sets: int
    repetitions: int | None = Field(description="In a set, each side; null: it is held once a set")
    hold_s: float | None = Field(description="Each repetition, or the set; null: nothing is held")
    per_side: bool


class Rung(Model):
    """One place on a ladder."""

    exercise: str
    form: str = Field(description="In a few words")
    load: str | None = Field(description="Null: the body alone")
    dose: Dose


class Movement(Model):
    """One movement, and the ladder that it is on."""

    exercise: str
    name: str
    purpose: str = Field(description="A sentence: what it is good for")
    kind: Kind
    needs: list[Need] = Field(description="What it asks of the body")
    counting: Counting = Field(description="How far a count is to be relied upon; ask: hardly")
    lies_on_sensor: bool = Field(description="A sensor at the front of the belt is kinder")
    rest_s: float = Field(description="Between two sets")
    repetition_s: float | None = Field(
        description="How long one takes at the first dose, all phases; null: it is held"
    )
    cues: list[str] = Field(description="What to do, in order")
    sees: list[str] = Field(description="What the sensor sees")
    cannot_see: list[str] = Field(description="What it cannot see")
    say: dict[str, str] = Field(
        description="What a voice says: start, good, end; halfway of a hold; side where one "
        "side is done before the other, else they take turns"
    )
    grade: list[str] = Field(
        description="A trial or guideline, B position stand or measured, C expert practice"
    )
    sources: list[str]
    ladder: str = Field(description="May be shared with a movement that follows from this one")
    start: int = Field(description="Index of the rung that a beginner begins with")
    rungs: list[Rung] = Field(description="Of the ladder, the easiest first")


class Movements(Model):
    """All movements of the programme."""

    reviewed_by: str | None = Field(description="Null: not clinically reviewed")
    reviewed_on: date | None
    data_sha256: str = Field(description="Fingerprint of the data")
    movements: list[Movement]
