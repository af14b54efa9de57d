"""Bytes that strangers and bad links make of what belongs on the wire.

`LUMBAR_FUZZ_INPUTS` says how many all decoders get together: 20 000 unless it is set.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

INPUTS = int(os.environ.get("LUMBAR_FUZZ_INPUTS", "20000"))


def each_of(cases: int) -> settings:
    """Share the inputs between ``cases`` tests."""
    return settings(
        max_examples=max(1, INPUTS // cases),
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def hostile(
    valid: bytes, sealed: Callable[[bytes], bytes], seal_bytes: int
) -> st.SearchStrategy[bytes]:
    """Return random bytes and damaged ones, with and without a checksum that fits.

    Parameters
    ----------
    valid
        What a decoder accepts.
    sealed
        Adds the checksum, whose length is ``seal_bytes``.
    """
    anything = st.binary(max_size=len(valid) + 300)
    damaged = st.builds(
        lambda body, at, patch: body[:at] + patch + body[at + len(patch) :],
        st.just(valid[: len(valid) - seal_bytes]),
        st.integers(0, len(valid)),
        st.binary(max_size=12),
    )
    return st.one_of(anything, anything.map(sealed), damaged, damaged.map(sealed))


anything_in_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=20)
    | st.lists(st.integers(-1, 2**50), max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
