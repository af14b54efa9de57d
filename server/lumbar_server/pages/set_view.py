"""One set as the summary shows it: what was seen, and beside it what the wearer says."""

from __future__ import annotations

from dataclasses import dataclass

from lumbar_server.detected import DetectedSet
from lumbar_server.errors import NotFoundError
from lumbar_server.pages import words
from lumbar_server.pages.forms import tag_of
from lumbar_server.record import RecordedSet, SessionRecord


@dataclass(frozen=True, slots=True)
class RepetitionLink:
    """A repetition that can be asked why it counted."""

    number: int  # from 1
    range_deg: float
    confidence: float


@dataclass(frozen=True, slots=True)
class SetView:
    """A set of the summary."""

    key: str  # names it in addresses and in the page
    seen: str  # to be sent back with a change
    exercise: str
    name: str
    start_s: float
    end_s: float
    repetitions: int
    holds_s: tuple[float, ...]
    is_counted: bool  # by repetitions; else by holds
    is_removed: bool
    is_said: bool  # the wearer said something of it
    detected: str | None  # what was seen, in words; None where nothing was
    detected_name: str | None
    confidence: float | None
    sureness: str | None
    coverage: float | None  # where some of it was not received
    notes: tuple[str, ...]  # what left its target range
    links: tuple[RepetitionLink, ...]

    @property
    def done(self) -> str:
        """What was done, in words."""
        return words.done(self.repetitions, self.holds_s)


def set_view(one: RecordedSet) -> SetView:
    """Return a set as the summary shows it."""
    found = one.detected
    return SetView(
        key=key_of(one),
        seen=tag_of(one.correction, None if found is None else _counted(found)),
        exercise=one.exercise,
        name=words.exercise(one.exercise),
        start_s=one.start_s,
        end_s=one.end_s,
        repetitions=one.repetitions,
        holds_s=one.holds_s,
        is_counted=bool(one.repetitions) or not one.holds_s,
        is_removed=one.is_removed,
        is_said=one.correction is not None,
        detected=None if found is None else words.done(*_counted(found)),
        detected_name=None if found is None else words.exercise(found.exercise),
        confidence=None if found is None else found.confidence,
        sureness=None if found is None else words.sureness(found.confidence),
        coverage=None if found is None or found.coverage >= 1.0 else found.coverage,
        notes=() if found is None else _notes(found),
        links=() if found is None else _links(found),
    )


def key_of(one: RecordedSet) -> str:
    """Return what names a set in addresses, for as long as it is found at that place."""
    if one.detected is not None:
        return f"{one.detected.stream_id}-{round(one.detected.start)}"
    assert one.correction is not None
    return f"said-{one.correction.id}"


def find_set(session: SessionRecord, key: str) -> RecordedSet:
    """Return the set of that name; raises ``NotFoundError``."""
    for one in session.sets:
        if key_of(one) == key:
            return one
    raise NotFoundError(f"session {session.id} has no such set any more: load its page again")


def _counted(found: DetectedSet) -> tuple[int, tuple[float, ...]]:
    return len(found.repetitions), tuple(one.duration_s for one in found.holds)


def _notes(found: DetectedSet) -> tuple[str, ...]:
    notes = []
    for kind in dict.fromkeys(one.kind for one in found.deviations):
        peaks_deg = [one.peak_deg for one in found.deviations if one.kind == kind]
        name = words.DEVIATIONS.get(kind, kind)
        notes.append(f"{name} {len(peaks_deg)}\u00a0×, up to {max(peaks_deg):.0f}°")
    return tuple(notes)


def _links(found: DetectedSet) -> tuple[RepetitionLink, ...]:
    return tuple(
        RepetitionLink(number, one.range_deg, one.confidence)
        for number, one in enumerate(found.repetitions, 1)
    )
