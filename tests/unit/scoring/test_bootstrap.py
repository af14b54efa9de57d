from collections.abc import Iterator

import numpy as np
import pytest

from lumbar.scoring.bootstrap import Bodies
from lumbar.scoring.observation import Observation, SetRow
from lumbar.scoring.recognition import recognition

SETS_PER_BODY, WRONG = 6, 0.3  # share of sets that are called another, over all bodies


def wrong_shares(rng: np.random.Generator, bodies: int) -> Iterator[tuple[str, float]]:
    """Bodies differ: some are hardly ever mistaken, some mostly (Beta with mean ``WRONG``)."""
    for i in range(bodies):
        yield f"body-{i}", float(rng.beta(1.5 * WRONG, 1.5 * (1 - WRONG)))


def observation(rng: np.random.Generator, body_id: str, wrong: float) -> Observation:
    names = ("cat_cow", "bird_dog")
    rows = []
    for true in rng.choice(names, SETS_PER_BODY).tolist():
        other = names[1 - names.index(true)]
        rows.append(SetRow(true, other if rng.random() < wrong else true, 0, 0, 0.5))
    nothing: dict[str, tuple[()]] = dict.fromkeys(
        (
            *("answers", "repetitions", "holds", "deviations", "still_holds"),
            *("on_the_front", "everyday", "foreign", "postures"),
        ),
        (),
    )
    return Observation(
        body_id=body_id,
        families={},
        purposes=frozenset(),
        simulated=True,
        duration_s=0.0,
        sets=tuple(rows),
        live=(),
        **nothing,
    )


def covers(low: float | None, high: float | None, value: float) -> bool:
    assert low is not None
    assert high is not None
    return low <= value <= high


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(11)
    runs, held_f1, held_share, held_without_bodies = 80, 0, 0, 0
    for _ in range(runs):
        people = [observation(rng, body, wrong) for body, wrong in wrong_shares(rng, 40)]
        bodies = Bodies((one.body_id for one in people), resamples=150, rng=rng)
        found = recognition(people, bodies, ("cat_cow", "bird_dog"))
        # both classes being mistaken alike, their F1 is the share that is right
        held_f1 += covers(found.macro_f1.low, found.macro_f1.high, 1 - WRONG)
        rows = [(o.body_id, row.true == row.found) for o in people for row in o.sets]
        share = bodies.share(rows)
        held_share += covers(share.low, share.high, 1 - WRONG)
        singly = Bodies((str(i) for i in range(len(rows))), resamples=150, rng=rng)
        alone = singly.share((str(i), hit) for i, (_, hit) in enumerate(rows))
        held_without_bodies += covers(alone.low, alone.high, 1 - WRONG)
    assert 0.88 <= held_f1 / runs <= 1
    assert 0.88 <= held_share / runs <= 1
    assert held_without_bodies / runs < 0.85  # sets of one person are no people of their own


def test_all_alike_gives_the_exact_interval_of_so_many_bodies() -> None:
    bodies = Bodies(["a", "b", "c"], resamples=10, rng=np.random.default_rng(0))
    perfect = bodies.share((body, True) for body in "aabbcc")
    assert (perfect.value, perfect.high, perfect.n) == (1.0, 1.0, 6)
    assert perfect.low == pytest.approx(0.025 ** (1 / 3))
    never = bodies.share((body, False) for body in "aabbcc")
    assert (never.low, never.high) == (0.0, pytest.approx(1 - 0.025 ** (1 / 3)))


def test_one_body_has_no_interval() -> None:
    bodies = Bodies(["a", "b"], resamples=10, rng=np.random.default_rng(0))
    one = bodies.share([("a", True), ("a", False)])
    assert (one.value, one.low, one.high, one.n) == (0.5, None, None, 2)


def test_nothing_has_no_share() -> None:
    nothing = Bodies([], resamples=10, rng=np.random.default_rng(0)).share([])
    assert (nothing.value, nothing.low, nothing.high, nothing.hits, nothing.n) == (
        None,
        None,
        None,
        0,
        0,
    )
