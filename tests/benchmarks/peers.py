"""What others offer: one pipeline that does our job's main steps, and two that do other jobs."""

import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from full_day import G_PER_STEP, RATE_HZ
from numpy.typing import NDArray

G_MS2 = 9.80665


def scipy_pipeline() -> Callable[[NDArray[np.int16]], int]:
    """Return filter, angle, energy and peaks as one would write them with scipy."""
    from scipy.signal import butter, find_peaks, sosfilt

    gravity = butter(2, 1.0, "lowpass", fs=RATE_HZ, output="sos").astype(np.float32)
    shake = butter(2, (3.0, 12.0), "bandpass", fs=RATE_HZ, output="sos").astype(np.float32)

    def run(counts: NDArray[np.int16]) -> int:
        acc_g = counts.T * np.float32(G_PER_STEP)  # (3, n): each axis contiguous
        up = sosfilt(gravity, acc_g)
        sagittal_deg = np.degrees(np.arctan2(up[2], up[0]))
        energy_g2 = np.square(sosfilt(shake, acc_g)).sum(axis=0)
        windows = energy_g2[: len(energy_g2) // 100 * 100].reshape(-1, 100).mean(axis=1)
        raised, _ = find_peaks(sagittal_deg, prominence=10.0, distance=RATE_HZ)
        lowered, _ = find_peaks(-sagittal_deg, prominence=10.0, distance=RATE_HZ)
        return len(raised) + len(lowered) + int((windows > 1e-4).sum())

    return run


def skdh_sit_to_stand() -> Callable[[NDArray[np.int16]], int]:
    """Return skdh's search for sit-to-stand transitions at the lower back."""
    from skdh.sit2stand import Sit2Stand

    def run(counts: NDArray[np.int16]) -> int:
        accel = counts * np.float64(G_PER_STEP)
        time_s = np.arange(len(counts)) / RATE_HZ + 1_750_000_000.0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = Sit2Stand().predict(time=time_s, accel=accel)
        return len(found)

    return run


def mobgap_gait_sequences() -> Callable[[NDArray[np.int16]], int]:
    """Return mobgap's search for walking at the lower back."""
    import pandas as pd
    from mobgap.gait_sequences import GsdIluz

    def run(counts: NDArray[np.int16]) -> int:
        acc_ms2 = counts * np.float64(G_PER_STEP * G_MS2)
        # mobgap's body frame: up, to the left, to the front; ours ends in backward
        columns = {"acc_is": acc_ms2[:, 0], "acc_ml": acc_ms2[:, 1], "acc_pa": -acc_ms2[:, 2]}
        columns |= dict.fromkeys(("gyr_is", "gyr_ml", "gyr_pa"), 0.0)  # asked for, not used
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = GsdIluz().detect(pd.DataFrame(columns), sampling_rate_hz=RATE_HZ)
        return len(found.gs_list_)

    return run


LIKE_FOR_LIKE = ("scipy", "filter, angle, energy, peaks", scipy_pipeline)
OTHER_JOBS = (
    ("scikit-digital-health", "sit-to-stand", skdh_sit_to_stand),
    ("mobgap", "walking bouts (GsdIluz)", mobgap_gait_sequences),
)


def installed(
    *peers: tuple[str, str, Callable[[], Callable[[NDArray[np.int16]], int]]],
) -> Iterator[tuple[str, Callable[[NDArray[np.int16]], int]]]:
    """Yield the name and the job of each peer that is here; say which are not."""
    for package, job, load in peers:
        try:
            yield f"{package} {version(package)}: {job}", load()
        except (PackageNotFoundError, ImportError) as error:
            print(f"  {package} is left out, it is not installed: {error}")
