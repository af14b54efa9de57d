"""Small wearers for the detector's tests: a list of pieces becomes int16 samples of one sensor.

Angles are L5's sagittal angle in degrees (0 standing, 90 prone, -90 supine), lateral tilt about
it, and the height of the pelvis in metres; smooth between the knots. Written for these tests only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lumbar_signal import Detector, Prescription, Workout
from lumbar_signal.events import Announcement, Exercise

G_PER_STEP = 1.0 / 4096.0
LEVER_M = 0.12  # chosen: from the hip joint to a belt over L5
GRAVITY_M_S2 = 9.80665
DIP_S = 0.9  # chosen: who gives way in a plank sinks, and does not drop
HEAVE_SHARE = 0.3  # chosen: 4 mg in a plank with 12 mg of tremor on each axis


def announced(
    samples: NDArray[np.int16], rate_hz: float = 50.0, prescribed: Exercise | None = None
) -> list[Announcement]:
    """Return what a person is told of a stream, in the order in which it is told."""
    detector = Detector(sampling_rate_hz=rate_hz, g_per_step=G_PER_STEP)
    prescription = Prescription.throughout(prescribed)
    workout = Workout(sampling_rate_hz=rate_hz, prescription=prescription)
    told: list[Announcement] = []
    step = int(rate_hz / 4.0)
    for start in range(0, len(samples), step):
        events = detector.push(samples[start : start + step], start)
        told += workout.add(events, detector.next_index, first_index=start)
    return told + workout.add(detector.flush(), detector.next_index)


@dataclass
class Wearer:
    """Builds a trace piece by piece; ``now_s`` is where the next piece begins."""

    now_s: float = 0.0
    sagittal_deg: float = 0.0
    lateral_deg: float = 0.0
    height_m: float = 1.0
    knots: list[tuple[float, float, float, float]] = field(default_factory=list)
    tremors: list[tuple[float, float, float, float]] = field(default_factory=list)
    walks: list[tuple[float, float]] = field(default_factory=list)
    breaths: list[tuple[float, float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.knots.append((0.0, self.sagittal_deg, self.lateral_deg, self.height_m))

    def move(
        self,
        duration_s: float,
        sagittal_deg: float | None = None,
        lateral_deg: float | None = None,
        height_m: float | None = None,
    ) -> Wearer:
        """Go smoothly to the position given."""
        self.now_s += duration_s
        if sagittal_deg is not None:
            self.sagittal_deg = sagittal_deg
        if lateral_deg is not None:
            self.lateral_deg = lateral_deg
        if height_m is not None:
            self.height_m = height_m
        self.knots.append((self.now_s, self.sagittal_deg, self.lateral_deg, self.height_m))
        return self

    def rest(self, duration_s: float, breath_deg: float = 0.0) -> Wearer:
        """Stay where you are, breathing four seconds a breath."""
        if breath_deg:
            self.breaths.append((self.now_s, self.now_s + duration_s, breath_deg))
        return self.move(duration_s)

    def stand(self, duration_s: float = 5.0) -> Wearer:
        return self.rest(duration_s)

    def bows(self, count: int = 3, period_s: float = 2.5, depth_deg: float = 50.0) -> Wearer:
        base = self.sagittal_deg
        for _ in range(count):
            self.move(period_s / 2, base + depth_deg)
            self.move(period_s / 2, base)
        return self

    def work(self, duration_s: float, sway_deg: float = 3.0) -> Wearer:
        """Do something with both hands where you are: nobody is still who works."""
        base, aside, height = self.sagittal_deg, self.lateral_deg, self.height_m
        turns = max(int(duration_s / 1.2), 1)
        for k in range(turns):
            way = sway_deg if k % 2 else -sway_deg
            side = 0.7 * sway_deg * (k % 3 - 1)
            self.move(duration_s / turns, base + way, aside + side, height + 0.02 * (k % 2))
        return self

    def walk(self, duration_s: float) -> Wearer:
        self.walks.append((self.now_s, self.now_s + duration_s))
        return self.rest(duration_s)

    def lie_down(self) -> Wearer:
        """Sit on the floor, then on the back."""
        self.move(1.2, 35.0, height_m=0.6)
        self.move(0.8, -10.0, height_m=0.15)
        self.rest(0.4)
        return self.move(1.6, -92.0, height_m=0.1)

    def rise_and_fall(
        self, to_deg: float, period_s: float, hold_s: float, lift_m: float = 0.0
    ) -> tuple[float, float, float]:
        """One repetition; returns where it starts, peaks and ends by the 10 % rule."""
        base, height, start = self.sagittal_deg, self.height_m, self.now_s
        half = (period_s - hold_s) / 2
        self.move(half, to_deg, height_m=height + lift_m)
        self.rest(hold_s)
        self.move(half, base, height_m=height)
        edge = half * _share_of_time(0.1)
        return start + edge, start + period_s / 2, self.now_s - edge

    def bridges(
        self,
        count: int,
        period_s: float = 4.0,
        range_deg: float = 25.0,
        lift_m: float = 0.22,
        hold_s: float = 1.0,
        pause_s: float = 0.4,
    ) -> list[tuple[float, float, float]]:
        times = []
        for _ in range(count):
            times.append(
                self.rise_and_fall(self.sagittal_deg - range_deg, period_s, hold_s, lift_m)
            )
            self.rest(pause_s)
        return times

    def cat_cows(
        self, count: int, period_s: float = 5.0, arched_deg: float = 91.0, range_deg: float = 27.0
    ) -> list[tuple[float, float, float]]:
        """Arch from all fours, then count roundings."""
        self.move(1.5, arched_deg)
        return [self.rise_and_fall(arched_deg - range_deg, period_s, 0.0) for _ in range(count)]

    def get_down(self) -> Wearer:
        """From standing by way of all fours: nobody drops to the floor."""
        if self.height_m < 0.6:
            return self
        self.move(1.5, 40.0, height_m=0.6).move(1.2, 72.0, height_m=0.45)
        return self.rest(0.6)

    def turn_to_all_fours(self) -> Wearer:
        self.move(1.2, -60.0, lateral_deg=-75.0)
        self.rest(0.5)
        self.move(1.0, 70.0, lateral_deg=-30.0, height_m=0.3)
        return self.move(0.8, 74.0, lateral_deg=0.0, height_m=0.5)

    def plank(
        self,
        duration_s: float,
        sagittal_deg: float = 82.0,
        tremor_g: float = 0.012,
        dips: list[tuple[float, float, float]] | None = None,
    ) -> tuple[float, float]:
        """Hold a plank; ``dips`` are (after s, for s, change in degrees of L5)."""
        self.get_down().move(1.0, sagittal_deg, height_m=0.25)
        start = self.now_s
        self.tremors.append((start, start + duration_s, tremor_g, 1.5 * tremor_g))
        for after_s, length_s, change_deg in dips or []:
            self.rest(start + after_s - self.now_s)
            self.move(DIP_S, sagittal_deg + change_deg)
            self.rest(length_s - 2.0 * DIP_S)
            self.move(DIP_S, sagittal_deg)
        self.rest(start + duration_s - self.now_s)
        return start, self.now_s

    def lie_prone(self, duration_s: float) -> Wearer:
        self.get_down().move(0.9, 92.0, height_m=0.08)
        return self.rest(duration_s, breath_deg=1.0)

    def stand_up(self) -> Wearer:
        self.move(1.0, 60.0, height_m=0.5)
        return self.move(1.5, 0.0, height_m=1.0)

    def samples(
        self,
        rate_hz: float = 50.0,
        noise_g: float = 0.01,
        mount_deg: tuple[float, float, float] = (0.0, 0.0, 0.0),
        seed: int = 1,
    ) -> NDArray[np.int16]:
        """Return counts of shape (n, 3); ``mount_deg`` turns the sensor about x, y and z."""
        t = np.arange(int(self.now_s * rate_hz)) / rate_hz
        rng = np.random.default_rng(seed)
        sagittal, lateral, height = (self._smooth(t, column) for column in (1, 2, 3))
        for start, end, depth in self.breaths:
            inside = (t >= start) & (t < end)
            sagittal[inside] += depth * np.sin(2 * np.pi * (t[inside] - start) / 4.0)
        sagittal, lateral = np.radians(sagittal), np.radians(lateral)
        up = np.stack(
            [
                np.cos(lateral) * np.cos(sagittal),
                np.sin(lateral),
                np.cos(lateral) * np.sin(sagittal),
            ],
            axis=1,
        )
        lift = np.gradient(np.gradient(height, 1 / rate_hz), 1 / rate_hz) / GRAVITY_M_S2
        acc = up * (1.0 + lift)[:, None]
        acc += _turning(sagittal, rate_hz)
        acc += self._tremor(t, rng) + up * self._heave(t, rng)[:, None]
        acc += self._steps(t)
        acc = acc @ mount_axes(mount_deg)
        acc += rng.normal(0.0, noise_g, acc.shape)
        counts = np.clip(np.round(acc / G_PER_STEP), -32768, 32767)
        return np.asarray(counts, dtype=np.int16)

    def _smooth(self, t: NDArray[np.float64], column: int) -> NDArray[np.float64]:
        """Minimum jerk between knots."""
        times = np.array([knot[0] for knot in self.knots])
        values = np.array([knot[column] for knot in self.knots])
        k = np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(times) - 2)
        length = np.maximum(times[k + 1] - times[k], 1e-9)
        x = np.clip((t - times[k]) / length, 0.0, 1.0)
        share = 10 * x**3 - 15 * x**4 + 6 * x**5
        return np.asarray(values[k] + (values[k + 1] - values[k]) * share)

    def _tremor(self, t: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
        total = np.zeros((len(t), 3))
        for start, end, first_g, last_g in self.tremors:
            inside = ((t >= start) & (t < end)).astype(float)
            level = inside * (first_g + (last_g - first_g) * (t - start) / (end - start))
            for axis in range(3):
                for frequency in rng.uniform(4.0, 10.0, 8):
                    phase = rng.uniform(0, 2 * np.pi)
                    total[:, axis] += level * np.sin(2 * np.pi * frequency * t + phase) / 2.0
        return total

    def _heave(self, t: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
        """Return how effort lifts and lowers the body near 1 Hz, in g: a third of its tremor."""
        total = np.zeros(len(t))
        for start, end, first_g, last_g in self.tremors:
            inside = (t >= start) & (t < end)
            for frequency in rng.uniform(0.5, 1.5, 4):
                phase = rng.uniform(0, 2 * np.pi)
                wave = np.sin(2 * np.pi * frequency * t + phase)
                total += inside * wave * (first_g + last_g) / 2.0 * HEAVE_SHARE / 2.0**0.5
        return total

    def _steps(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.zeros((len(t), 3))
        for start, end in self.walks:
            inside = (t >= start) & (t < end)
            total[:, 0] += inside * 0.25 * np.sin(2 * np.pi * 1.9 * t)
            total[:, 1] += inside * 0.12 * np.sin(2 * np.pi * 0.95 * t)
            total[:, 2] += inside * 0.15 * np.sin(2 * np.pi * 1.9 * t + 1.0)
        return total


def _turning(sagittal: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
    """Return what the sensor feels of turning about the hips, in g; on the back it rolls instead.

    Towards the hips by the square of the speed, and backwards by its change.
    """
    share = np.clip((np.degrees(sagittal) + 60.0) / 40.0, 0.0, 1.0)
    speed = np.gradient(sagittal, 1 / rate_hz)
    felt = np.zeros((len(sagittal), 3))
    felt[:, 0] = -share * LEVER_M * speed**2 / GRAVITY_M_S2
    felt[:, 2] = -share * LEVER_M * np.gradient(speed, 1 / rate_hz) / GRAVITY_M_S2
    return felt


def _share_of_time(level: float) -> float:
    x = np.linspace(0.0, 1.0, 10001)
    return float(np.interp(level, 10 * x**3 - 15 * x**4 + 6 * x**5, x))


def mount_axes(mount_deg: tuple[float, float, float]) -> NDArray[np.float64]:
    """Return the body's axes x, y, z as rows in the sensor's: turns about x, then y, then z."""
    ax, ay, az = np.radians(mount_deg)
    rx = np.array([[1, 0, 0], [0, np.cos(ax), -np.sin(ax)], [0, np.sin(ax), np.cos(ax)]])
    ry = np.array([[np.cos(ay), 0, np.sin(ay)], [0, 1, 0], [-np.sin(ay), 0, np.cos(ay)]])
    rz = np.array([[np.cos(az), -np.sin(az), 0], [np.sin(az), np.cos(az), 0], [0, 0, 1]])
    return np.asarray(rx @ ry @ rz)


@dataclass(frozen=True)
class Programme:
    """The workout that the detector is expected to find, with its true times in seconds."""

    wearer: Wearer
    bridges: list[tuple[float, float, float]]
    plank: tuple[float, float]
    cat_cows: list[tuple[float, float, float]]


def programme(plank_s: float = 12.0, count: int = 3) -> Programme:
    """Stand, bow, bridge, plank with a sag, rest prone, cat-cow, stand up."""
    wearer = Wearer()
    wearer.stand(5.0).bows(3).stand(1.0).lie_down().rest(1.5, 0.5)
    bridges = wearer.bridges(count)
    wearer.rest(1.0).turn_to_all_fours()
    plank = wearer.plank(plank_s, dips=[(plank_s - 6.0, 4.5, -11.0)])
    wearer.lie_prone(5.0).move(1.5, 76.0, height_m=0.5).rest(0.8)
    cat_cows = wearer.cat_cows(count)
    wearer.move(1.0, 78.0).stand_up().stand(3.0)
    return Programme(wearer, bridges, plank, cat_cows)
