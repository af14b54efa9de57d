"""A day at 100 Hz, everything on, beside what else there is."""

from full_day import G_PER_STEP, RATE_HZ, full_day
from interleaved import Contestant, Timing, take_turns
from memory_read import memory_reader
from peers import LIKE_FOR_LIKE, OTHER_JOBS, installed

from lumbar_signal import analyze

OTHER_HOURS = 2.0  # the others need so long for a day that two hours must do
OTHER_ROUNDS = 3


def bulk_speed(rounds: int) -> list[Timing]:
    """Time the detector, the scipy pipeline and reading memory over a whole day."""
    day = full_day()

    def whole_detector() -> None:
        analyze(day, None, sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)

    contestants = [Contestant("lumbar: everything on", whole_detector, len(day))]
    for name, job in installed(LIKE_FOR_LIKE):
        contestants.append(Contestant(name, lambda job=job: job(day), len(day)))
    return take_turns([*contestants, memory_reader()], rounds)


def other_jobs() -> list[Timing]:
    """Time packages for the lower back that look for something else, over two hours."""
    hours = full_day(OTHER_HOURS)

    def whole_detector() -> None:
        analyze(hours, None, sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)

    contestants = [Contestant("lumbar: everything on", whole_detector, len(hours))]
    for name, job in installed(*OTHER_JOBS):
        contestants.append(Contestant(name, lambda job=job: job(hours), len(hours)))
    return take_turns(contestants, OTHER_ROUNDS)
