"""Simulated sessions: reporting families only, and the same from the same seed."""

import json
from pathlib import Path

import numpy as np
import pytest

from lumbar.evidence.findings import EvidenceError
from lumbar.evidence.independent_body import independent_body
from lumbar.evidence.sessions import Person, Scored, measured_trace, session
from lumbar.evidence.simulation import persons
from lumbar.trace import read_trace
from lumbar.trace_file import trace_table, write_trace
from lumbar_sim.families.cast import assemble
from lumbar_sim.families.catalogue import REPORTING
from lumbar_sim.measurement import Measurement
from scoring_documents import truth_document
from signal_traces import Wearer

PERSON = Person(seed=3, number=0, everyday_hours=0)


def bridging() -> Scored:
    cast = REPORTING.cast(PERSON.seed, PERSON.number)
    return session(assemble(cast, PERSON.seed, PERSON.number), PERSON, "glute_bridge")


def test_session_is_the_same_from_the_same_seed() -> None:
    first = bridging()
    assert first == bridging()
    done = [row.true for row in first.free.sets if row.true != "none"]
    assert done == ["glute_bridge", "glute_bridge"]
    assert first.free.purposes == {"reporting"}
    assert first.free.simulated
    assert first.prescribed is not None
    assert not first.is_everyday


def test_hours_of_everyday_life_are_shared_out() -> None:
    people = persons(bodies=3, everyday_hours=8, seed=3)
    assert [one.everyday_hours for one in people] == [3, 3, 2]
    assert [one.number for one in people] == [0, 1, 2]


def test_measurement_is_analysed_as_the_file_of_it_would_be(tmp_path: Path) -> None:
    counts = Wearer().stand(4.0).samples(50.0)
    index = np.delete(np.arange(len(counts) + 5), slice(100, 105))  # a gap
    measured = Measurement(index, counts, 50.0, 4 / 32768, 0.0, 4)
    write_trace(
        trace_table(index, counts, sampling_rate_hz=50.0, g_per_step=4 / 32768, dps_per_step=0.0),
        tmp_path / "one.parquet",
    )
    read, made = read_trace(tmp_path / "one.parquet"), measured_trace("one", measured)
    assert read.index.tolist() == made.index.tolist()
    assert read.sampling_rate_hz == made.sampling_rate_hz
    np.testing.assert_allclose(read.acc_g, made.acc_g, atol=1e-6)
    assert made.gyro_dps is None


def test_development_families_of_the_independent_body_are_refused(tmp_path: Path) -> None:
    wearer = Wearer().stand(6.0)
    counts = wearer.samples(50.0)
    write_trace(
        trace_table(
            np.arange(len(counts)),
            counts,
            sampling_rate_hz=50.0,
            g_per_step=4 / 32768,
            dps_per_step=0.0,
        ),
        tmp_path / "one.csv",
    )
    for purpose in ("reporting", "development"):
        (tmp_path / "one.truth.json").write_text(json.dumps(truth_document(purpose=purpose)))
        if purpose == "reporting":
            assert independent_body(tmp_path, 1).traces == 1
        else:
            with pytest.raises(EvidenceError, match="reporting families only"):
                independent_body(tmp_path, 1)
