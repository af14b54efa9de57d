"""What holds for every test."""

from hypothesis import settings

# How long something takes is the benchmarks' affair, and these machines are noisy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
