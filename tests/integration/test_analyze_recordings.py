"""Real and motion-capture recordings; what they are is told in the json beside each."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from json_schema import violations
from lumbar.analysis_document import analysis_document
from lumbar.quantisation import quantise
from lumbar.trace import read_trace

ROOT = Path(__file__).parents[2]
RECORDINGS = Path(os.environ.get("LUMBAR_RECORDINGS", ROOT.parent / "shared" / "recordings"))
DESCRIPTIONS = sorted(RECORDINGS.glob("*.json"))
SCHEMA = json.loads((ROOT / "docs" / "analysis.schema.json").read_text())

pytestmark = pytest.mark.skipif(
    not DESCRIPTIONS, reason="no recordings: set LUMBAR_RECORDINGS to their folder"
)


@pytest.mark.parametrize("description", DESCRIPTIONS, ids=lambda path: path.stem)
def test_recording_is_read_as_its_description_says(description: Path) -> None:
    told = json.loads(description.read_text())
    trace = read_trace(RECORDINGS / told["trace"])
    assert trace.sampling_rate_hz == told["rate_hz"]
    assert trace.index.tolist() == list(range(told["samples"]))
    measured = quantise(trace)
    error_g = np.abs(measured.counts[:, :3] * measured.g_per_step - trace.acc_g)
    assert error_g.max() <= measured.g_per_step / 2


@pytest.mark.parametrize("description", DESCRIPTIONS, ids=lambda path: path.stem)
def test_analysis_of_a_recording_keeps_to_the_schema(description: Path) -> None:
    trace = read_trace(RECORDINGS / json.loads(description.read_text())["trace"])
    assert violations(analysis_document(trace), SCHEMA, SCHEMA) == []
