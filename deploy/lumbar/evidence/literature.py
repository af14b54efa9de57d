"""What others have published: facts and figures, each with its sensors and its people."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Quantity(enum.StrEnum):
    """What a study measured, in the words of the page."""

    RECOGNITION = "exercise recognised"
    UNSEEN = "exercise recognised, people never seen before"
    LUMBAR_ONLY = "technique from the lower back alone"
    FINDING = "exercise told from other life"
    COUNT = "count within one, per set"
    TIMING = "start and end of a movement"
    PLANK = "deviation in a plank"
    POSTURE = "posture in daily life"


@dataclass(frozen=True, slots=True)
class Study:
    """One published figure."""

    quantity: Quantity
    name: str
    sensors: str
    people: str
    figure: str


STUDIES = (
    Study(
        Quantity.RECOGNITION,
        "Morris 2014 (RecoFit)",
        "one, forearm",
        "114 people",
        "99, 98, 96 % of 4, 7, 13 exercises",
    ),
    Study(
        Quantity.RECOGNITION,
        "Alfakir 2022",
        "three: lower back, thigh, ankle",
        "19 healthy people, 7 exercises",
        "F1 0.94 ± 0.03",
    ),
    Study(
        Quantity.RECOGNITION,
        "Strömbäck 2020 (MM-Fit)",
        "watch, phone, earbud",
        "unseen people",
        "96 % with all, 94 % watch alone, 85 % phone in the pocket",
    ),
    Study(
        Quantity.RECOGNITION,
        "Sellmann 2021",
        "three, back and head",
        "30 people, bird dog and others",
        "97.7 % from the head; 98.9 % for prone rocking",
    ),
    Study(
        Quantity.RECOGNITION,
        "Wijekoon 2020 (MEx)",
        "wrist, thigh, pressure mat, depth camera",
        "30 people, 7 exercises",
        "90.2 % at best",
    ),
    Study(
        Quantity.RECOGNITION,
        "ExerSense 2020",
        "one unit",
        "5 exercises",
        "95 % with segmentation",
    ),
    Study(
        Quantity.RECOGNITION,
        "Giggins 2014",
        "thigh, shin, foot",
        "58 patients, 7 exercises",
        "one sensor about as good as three",
    ),
    Study(
        Quantity.UNSEEN,
        "Burns 2018",
        "watch",
        "20 people, 7 shoulder exercises",
        "88.9 % (99.4 % where the same people were in the training data)",
    ),
    Study(
        Quantity.LUMBAR_ONLY,
        "O'Reilly 2015",
        "one, lower back",
        "22 people, squat, 7 deviations",
        "80.45 % right or wrong; 56.6 % which deviation",
    ),
    Study(
        Quantity.LUMBAR_ONLY,
        "Whelan 2015",
        "one, lower back",
        "19 people, single-leg squat",
        "92 % (later, 83 people and three units: 77 %)",
    ),
    Study(
        Quantity.LUMBAR_ONLY,
        "squat study 2020 (PMC7014149)",
        "one, lower back; or five",
        "squat",
        "34.6 and 46.1 % from the lower back; 75.4 and 91.7 % from five",
    ),
    Study(
        Quantity.LUMBAR_ONLY,
        "O'Reilly 2017",
        "lower back, thighs, shanks",
        "82 people",
        "99 % with five units, 98 % thigh and lower back",
    ),
    Study(
        Quantity.FINDING,
        "Morris 2014 (RecoFit)",
        "one, forearm",
        "114 people",
        "precision and recall above 95 %",
    ),
    Study(
        Quantity.COUNT, "Morris 2014 (RecoFit)", "one, forearm", "114 people", "93 % of sets"
    ),
    Study(
        Quantity.COUNT, "Soro 2019", "wrist (and ankle)", "10 exercises", "91 % of sets"
    ),
    Study(
        Quantity.TIMING,
        "Hlucny 2020",
        "motion-capture suit",
        "24 people, 1,489 lifts",
        "start 0.10 ± 0.21 s, end 0.36 ± 0.27 s",
    ),
    Study(
        Quantity.PLANK,
        "plank technique study",
        "five units",
        "19 people, 6 deviations",
        "above 86 %",
    ),
    Study(
        Quantity.POSTURE,
        "hip posture cut points, walking as reference",
        "one, hip",
        "free living",
        "89 to 90 %",
    ),
)  # fmt: skip
"""Figures as published; nobody has published these thirteen from one sensor at the lower back."""


def studies_of(quantity: Quantity) -> tuple[Study, ...]:
    """Return what is known of a quantity, the best first."""
    return tuple(study for study in STUDIES if study.quantity is quantity)


_BEST = {
    Quantity.RECOGNITION: "Alfakir 2022",  # the nearest: the lower back is among its sensors
    Quantity.UNSEEN: "Burns 2018",
    Quantity.FINDING: "Morris 2014 (RecoFit)",
    Quantity.COUNT: "Morris 2014 (RecoFit)",
    Quantity.TIMING: "Hlucny 2020",
    Quantity.PLANK: "plank technique study",
    Quantity.POSTURE: "hip posture cut points, walking as reference",
}


def best_of(quantity: Quantity) -> Study:
    """Return the best, or the nearest where what is best is of another kind."""
    (best,) = (one for one in studies_of(quantity) if one.name == _BEST[quantity])
    return best
