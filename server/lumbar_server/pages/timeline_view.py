"""One stretch of a workout as its timeline shows it: what lies in it, lane by lane."""

from __future__ import annotations

from dataclasses import dataclass

from lumbar_server.errors import NotFoundError
from lumbar_server.pages import words
from lumbar_server.pages.set_view import key_of
from lumbar_server.record import Part, RecordedSet, SessionRecord

LEAST_S = 2.0  # chosen: shorter than any repetition


@dataclass(frozen=True, slots=True)
class Block:
    """Something that lasts."""

    start_s: float
    end_s: float
    text: str
    note: str = ""
    target: str = ""  # of a link


@dataclass(frozen=True, slots=True)
class Lane:
    """Blocks of one kind."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """What is shown, and where one can go from there; all in seconds of the session."""

    start_s: float
    end_s: float
    first_s: float  # of all that there is
    last_s: float

    @property
    def is_whole(self) -> bool:
        """Whether all is shown."""
        return self.start_s <= self.first_s and self.end_s >= self.last_s

    @property
    def closer(self) -> Window:
        """The middle half."""
        quarter_s = (self.end_s - self.start_s) / 4
        return self._at(self.start_s + quarter_s, self.end_s - quarter_s)

    @property
    def wider(self) -> Window:
        """Twice as much."""
        half_s = (self.end_s - self.start_s) / 2
        return self._at(self.start_s - half_s, self.end_s + half_s)

    @property
    def earlier(self) -> Window:
        """Half of what is shown, back."""
        return self._moved(-(self.end_s - self.start_s) / 2)

    @property
    def later(self) -> Window:
        """Half of what is shown, on."""
        return self._moved((self.end_s - self.start_s) / 2)

    def _at(self, start_s: float, end_s: float) -> Window:
        return window_of(start_s, end_s, self.first_s, self.last_s)

    def _moved(self, by_s: float) -> Window:
        by_s = min(max(by_s, self.first_s - self.start_s), self.last_s - self.end_s)
        return self._at(self.start_s + by_s, self.end_s + by_s)


def window_of(start_s: float | None, end_s: float | None, first_s: float, last_s: float) -> Window:
    """Return what to show of all that there is: at least two seconds, where there are so many."""
    start_s = first_s if start_s is None else min(max(start_s, first_s), last_s)
    end_s = last_s if end_s is None else max(min(end_s, last_s), start_s)
    if end_s - start_s < LEAST_S:
        middle_s = (start_s + end_s) / 2
        start_s = max(first_s, min(middle_s - LEAST_S / 2, last_s - LEAST_S))
        end_s = min(last_s, start_s + LEAST_S)
    return Window(start_s, end_s, first_s, last_s)


def find_part(session: SessionRecord, stream_id: str | None) -> Part:
    """Return the part in a stream, the first without one; raises ``NotFoundError``."""
    for part in session.parts:
        if stream_id in (None, part.stream_id):
            return part
    raise NotFoundError(f"session {session.id} has nothing of that sensor: open its summary")


def lanes_of(session: SessionRecord, part: Part, window: Window) -> tuple[Lane, ...]:
    """Return what lies in the window, as the wearer says it where they said something."""
    sets = [one for one in session.done if _is_in(one, part)]
    postures = [
        Block(one.start_s, one.end_s, words.POSTURES.get(one.posture, one.posture))
        for one in part.postures
    ]
    deviations = [one for each in sets if each.detected for one in each.detected.deviations]
    deviations += part.deviations
    gaps = [Block(start_s, end_s, "not received") for start_s, end_s in part.gaps_s]
    gaps += [
        Block(start_s, part.end_s if end_s is None else end_s, "paused")
        for start_s, end_s in session.pauses_s
    ]
    lanes = {
        "sets": ("Sets", [_set_block(session, one) for one in sets]),
        "repetitions": ("Repetitions and holds", _parts_of(session, sets)),
        "postures": ("Postures", postures),
        "deviations": (
            "Out of the target range",
            [
                Block(
                    one.start_s,
                    one.end_s,
                    words.DEVIATIONS.get(one.kind, one.kind),
                    f"up to {one.peak_deg:.0f}°",
                )
                for one in deviations
            ],
        ),
        "gaps": ("Gaps and pauses", gaps),
    }
    return tuple(
        Lane(key, title, _within(blocks, window)) for key, (title, blocks) in lanes.items()
    )


def _is_in(one: RecordedSet, part: Part) -> bool:
    """Tell whether a set was seen in a part, or by nobody."""
    return one.detected is None or one.detected.stream_id == part.stream_id


def _set_block(session: SessionRecord, one: RecordedSet) -> Block:
    target = f"/sessions/{session.id}#set-{key_of(one)}"
    done = words.done(one.repetitions, one.holds_s)
    return Block(one.start_s, one.end_s, words.exercise(one.exercise), done, target)


def _parts_of(session: SessionRecord, sets: list[RecordedSet]) -> list[Block]:
    blocks = []
    for one in sets:
        if one.detected is None:
            continue
        for number, each in enumerate(one.detected.repetitions, 1):
            target = f"/sessions/{session.id}/sets/{key_of(one)}/why?repetition={number}"
            note = f"{each.range_deg:.0f}°, {100 * each.confidence:.0f}\u00a0% sure"
            blocks.append(Block(each.start_s, each.end_s, f"Repetition {number}", note, target))
        for number, hold in enumerate(one.detected.holds, 1):
            note = f"{hold.duration_s:.0f}\u00a0s"
            blocks.append(Block(hold.start_s, hold.end_s, f"Hold {number}", note))
    return blocks


def _within(blocks: list[Block], window: Window) -> tuple[Block, ...]:
    inside = [one for one in blocks if one.start_s < window.end_s and window.start_s < one.end_s]
    return tuple(sorted(inside, key=lambda one: (one.start_s, one.end_s)))
