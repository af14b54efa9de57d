"""The questions before exercise as a form: grouped, and every one of them answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lumbar_server.pages.forms import first
from lumbar_server.programme.screening import Level, Question

_GROUPS = (
    (
        Level.EMERGENCY,
        "Right now",
        "They come first because none of them can wait. Nearly everybody answers No to all.",
    ),
    (
        Level.SEE,
        "Your health",
        "With a Yes here somebody who knows you should say first that exercise is fine.",
    ),
    (
        Level.CARE,
        "What suits you",
        "With a Yes here the plan goes gently, or leaves something out.",
    ),
)
_ANSWERS = ("no", "yes")


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together."""

    title: str
    says: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What a form says, by question."""

    answers: Mapping[str, str]
    missing: tuple[str, ...]

    @property
    def yes(self) -> frozenset[str]:
        """The questions that were answered with yes."""
        return frozenset(name for name, answer in self.answers.items() if answer == "yes")


def groups(questions: Sequence[Question]) -> tuple[Group, ...]:
    """Return the questions by what a yes asks for, each group with a kind word."""
    return tuple(
        Group(title, says, tuple(one for one in questions if one.level is level))
        for level, title, says in _GROUPS
    )


def given(form: Mapping[str, Sequence[str]], questions: Iterable[Question]) -> Given:
    """Return what was answered; what is neither a no nor a yes is missing."""
    answers = {one.id: first(form, one.id) for one in questions}
    return Given(
        {name: answer for name, answer in answers.items() if answer in _ANSWERS},
        tuple(name for name, answer in answers.items() if answer not in _ANSWERS),
    )
