"""Intervals over people: whole bodies are drawn again, with all that each of them did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from lumbar.scoring.measures import Share

_TAILS = (2.5, 97.5)  # percentiles of a 95 % interval
Floats = NDArray[np.float64]


class Bodies:
    """The people of a sample, and how often each is drawn into each resample.

    Parameters
    ----------
    body_ids
        With repeats, in any order.
    resamples
        How many; the percentiles of 1000 are stable to about a tenth of the interval.
    rng
        What draws them (percentile bootstrap of clusters, Efron 1979; Field and Welsh 2007).
    """

    def __init__(
        self, body_ids: Iterable[str], *, resamples: int, rng: np.random.Generator
    ) -> None:
        self._row = {body: i for i, body in enumerate(sorted(set(body_ids)))}
        n = len(self._row)
        self._draws = rng.multinomial(n, np.full(n, 1 / n), size=resamples) if n else None

    def share(self, rows: Iterable[tuple[str, bool]]) -> Share:
        """Return the share of rows (body, hit) that are hits.

        Where every body has all hits or none, resampling shows no spread. Then the interval is
        the exact one of as many trials as bodies (Clopper and Pearson 1934), which is wider.
        """
        counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        for body, hit in rows:
            counts[body][0] += hit
            counts[body][1] += 1
        table = np.zeros((len(self._row), 2))
        for body, pair in counts.items():
            table[self._row[body]] = pair
        hits, n = int(table[:, 0].sum()), int(table[:, 1].sum())
        if n == 0:
            return Share(None, None, None, 0, 0)
        low, high = self._share_interval(table, hits, n, bodies=len(counts))
        return Share(hits / n, low, high, hits, n)

    def interval(
        self, per_body: Floats, statistic: Callable[[Floats], Floats]
    ) -> tuple[float, float] | tuple[None, None]:
        """Return the 95 % interval of a statistic of the sum of what each body did.

        Parameters
        ----------
        per_body
            Shape (bodies, ...), in the order of ``stack``.
        statistic
            From shape (resamples, ...) to (resamples,); not a number where it is undefined.
        """
        if self._draws is None or np.count_nonzero(per_body.reshape(len(per_body), -1).any(1)) < 2:
            return None, None
        values = statistic(np.tensordot(self._draws.astype(float), per_body, axes=1))
        values = values[np.isfinite(values)]
        if not len(values):
            return None, None
        low, high = np.percentile(values, _TAILS)
        return float(low), float(high)

    def stack(self, rows: Iterable[tuple[str, Floats]], shape: Sequence[int]) -> Floats:
        """Add up arrays of one shape by body; shape (bodies, ...)."""
        table = np.zeros((len(self._row), *shape))
        for body, values in rows:
            table[self._row[body]] += values
        return table

    def _share_interval(
        self, table: Floats, hits: int, n: int, *, bodies: int
    ) -> tuple[float, float] | tuple[None, None]:
        if bodies < 2:
            return None, None
        if hits == n:
            return float(0.025 ** (1 / bodies)), 1.0
        if hits == 0:
            return 0.0, 1 - float(0.025 ** (1 / bodies))
        return self.interval(table, _ratio)


def _ratio(sums: Floats) -> Floats:
    """Divide hits by n, shape (resamples, 2); not a number where n is 0."""
    hits, n = sums[:, 0], sums[:, 1]
    ratio = np.full(len(n), np.nan)
    np.divide(hits, n, out=ratio, where=n > 0)
    return ratio
