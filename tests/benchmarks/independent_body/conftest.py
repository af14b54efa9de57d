"""The modules beside this file, on the path; and the people that the tests look at."""

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
MISSING = "the physics engine is not installed: see this folder's README"


@pytest.fixture(scope="session", params=[0, 1, 2], ids=["suite", "cmu", "cmu_2020"])
def poser(request: pytest.FixtureRequest) -> Any:
    """Each model with its own proportions, the pelvis tipped by 8 degrees in standing."""
    pytest.importorskip("mujoco", reason=MISSING)
    from humanoid import SKELETONS, Humanoid, Proportions
    from poser import Poser

    return Poser(Humanoid(SKELETONS[request.param], Proportions()), pelvis_tilt_deg=8.0)
