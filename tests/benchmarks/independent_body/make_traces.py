"""Simulated traces of an independent body, each with its ``lumbar.truth/1`` beside it."""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from humanoid import SKELETONS, Humanoid, Proportions
from labels import postures, truth_sets
from movement import CannotDoError
from numpy.typing import NDArray
from performance import Performer, Plan
from poser import Poser
from repertoire import RECIPES, Repertoire, repertoire
from sensor import Errors, drawn_errors, ideal_readings, with_errors
from tempo import Style, drawn_style
from timeline import Timeline
from unrest import Unrest

Array = NDArray[np.float64]

RATE_HZ = 100.0
PERSONS_PER_SKELETON = 2
LARGEST_SCALE = 0.15  # each part of the body within 15 % of the model's
COLUMNS = ("t_s", "ax_g", "ay_g", "az_g", "gx_dps", "gy_dps", "gz_dps")
TEMPI_S = {"slow": 3.0, "brisk": 1.5}
AMPLITUDES = {"full": 0.95, "part": 0.7}
FAMILIES = {
    "body": None,  # the humanoid's name
    "style": "independent_profiles",
    "placement": "careful_within_8_deg",
    "hardware": "white_noise_5_to_15_mg",
}


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One simulated person with their own way of moving and their own sensor."""

    name: str
    poser: Poser
    style: Style
    errors: Errors


def drawn_person(skeleton_index: int, number: int, seed: int) -> Person:
    """Draw the person of a number; the same seed gives the same person."""
    rng = np.random.default_rng((seed, skeleton_index, number))
    scales = rng.uniform(1.0 - LARGEST_SCALE, 1.0 + LARGEST_SCALE)
    shares = 1.0 + rng.uniform(-0.04, 0.04, 3)
    low, high = 1.0 - LARGEST_SCALE, 1.0 + LARGEST_SCALE
    trunk, legs, arms = (float(value) for value in np.clip(scales * shares, low, high))
    body = Humanoid(SKELETONS[skeleton_index], Proportions(trunk, legs, arms))
    poser = Poser(body, pelvis_tilt_deg=float(rng.uniform(4.0, 12.0)))
    name = f"{body.skeleton.name}-{number:02d}"
    return Person(name, poser, drawn_style(rng), drawn_errors(rng))


def plans(exercise: str, rng: np.random.Generator) -> Iterator[tuple[str, Plan]]:
    """Yield the variants of an exercise: two tempi by two amplitudes, with their names."""
    for tempo, out_s in TEMPI_S.items():
        for size, amplitude in AMPLITUDES.items():
            yield f"{tempo}-{size}", _plan(exercise, tempo, out_s, amplitude, rng)


def _plan(
    exercise: str, tempo: str, out_s: float, amplitude: float, rng: np.random.Generator
) -> Plan:
    stretched = exercise == "knees_to_chest" and tempo == "slow"
    if RECIPES[exercise].is_held or stretched:
        hold_s = float(rng.uniform(18.0, 30.0) if tempo == "slow" else rng.uniform(9.0, 14.0))
        deviates = exercise == "forearm_plank" and tempo == "slow"
        deviation = ("sag" if amplitude == AMPLITUDES["full"] else "pike") if deviates else None
        return Plan(exercise, 2, min(out_s, 2.0), hold_s, amplitude, True, deviation)
    pause_s = float(rng.uniform(0.3, 1.5)) + (2.0 if exercise == "bird_dog" else 0.0)
    return Plan(exercise, int(rng.integers(6, 11)), out_s, pause_s, amplitude, False)


def recorded(person: Person, can: Repertoire, plan: Plan, rng: np.random.Generator) -> Timeline:
    """Return the performance of a plan."""
    return Performer(person.poser, person.style, rng).perform(can, plan)


def samples(person: Person, timeline: Timeline, rng: np.random.Generator) -> Array:
    """Return the trace of a performance, shape (n, 7) in the order of ``COLUMNS``."""
    unrest = Unrest(timeline.levels, rng)
    times_s = np.arange(int(timeline.end_s * RATE_HZ)) / RATE_HZ
    body = person.poser.body
    ideal = ideal_readings(
        body, lambda time_s: unrest.moved(timeline.qpos(time_s), time_s), times_s
    )
    return np.column_stack([times_s, *with_errors(*ideal, person.errors, rng)])


def truth(person: Person, timeline: Timeline, plan: Plan, seed: int, count: int) -> dict[str, Any]:
    """Return the ``lumbar.truth/1`` of a performance."""
    names = {**FAMILIES, "body": person.poser.body.skeleton.name}
    return {
        "schema": "lumbar.truth/1",
        "simulated": True,
        "seed": seed,
        "families": {
            factor: {"name": name, "purpose": "reporting"} for factor, name in names.items()
        },
        "body_id": person.name,
        "recording": {
            "samples": count,
            "sampling_rate_hz": RATE_HZ,
            "duration_s": (count - 1) / RATE_HZ,
        },
        "sets": truth_sets(person.poser, timeline, plan.exercise),
        "everyday": [
            {"kind": span.kind, "start_s": span.start_s, "end_s": span.end_s}
            for span in timeline.everyday
        ],
        "postures": postures(person.poser, timeline),
    }


def write_trace(path: Path, rows: Array) -> None:
    """Write rows as gzipped CSV; the same rows give the same bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([f"{row[0]:.2f}", *(f"{value:.5f}" for value in row[1:])])
    path.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


def main() -> None:
    """Write all traces and, for what a person cannot do, ``cannot.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the traces")
    parser.add_argument("--seed", type=int, default=1, help="draws persons and variations")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    cannot: list[dict[str, str]] = []
    for skeleton_index in range(len(SKELETONS)):
        for number in range(1, PERSONS_PER_SKELETON + 1):
            person = drawn_person(skeleton_index, number, arguments.seed)
            for index, exercise in enumerate(RECIPES):
                rng = np.random.default_rng((arguments.seed, skeleton_index, number, index))
                try:
                    can = repertoire(person.poser, exercise)
                except CannotDoError as reason:
                    cannot.append(
                        {"body_id": person.name, "exercise": exercise, "reason": str(reason)}
                    )
                    continue
                _write_variants(person, can, exercise, arguments, rng)
            print(f"{person.name}: done", file=sys.stderr)
    (arguments.out / "cannot.json").write_text(json.dumps(cannot, indent=2) + "\n")


def _write_variants(
    person: Person,
    can: Repertoire,
    exercise: str,
    arguments: argparse.Namespace,
    rng: np.random.Generator,
) -> None:
    for variant, plan in plans(exercise, rng):
        timeline = recorded(person, can, plan, rng)
        rows = samples(person, timeline, rng)
        stem = arguments.out / f"{person.name}-{exercise}-{variant}"
        write_trace(stem.with_name(stem.name + ".csv.gz"), rows)
        document = truth(person, timeline, plan, arguments.seed, len(rows))
        stem.with_name(stem.name + ".truth.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
