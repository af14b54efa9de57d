"""The pictures of the page: small, so that they may lie in the repository."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from lumbar.evidence.markdown import spoken
from lumbar.scoring.confidence import Reliability
from lumbar.scoring.recognition import Confusion

_DPI = 90
_INK, _DIAGONAL, _SETS, _REPETITIONS = "#1d3557", "#bbbbbb", "#1d3557", "#e07a1f"


def draw_confusion(confusion: Confusion, path: Path) -> None:
    """Draw which set was called what, as shares of each true label with the counts in it."""
    counts = np.array(confusion.counts, dtype=float)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    figure = Figure(figsize=(8.6, 7.6), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
    for (i, j), n in np.ndenumerate(counts):
        if n:
            colour = "white" if shares[i, j] > 0.5 else _INK
            axes.text(j, i, f"{n:.0f}", ha="center", va="center", fontsize=8, color=colour)
    names = [spoken(label) for label in confusion.labels]
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right", fontsize=8)
    rows = [f"{name} ({n:.0f})" for name, n in zip(names, totals[:, 0], strict=True)]
    axes.set_yticks(range(len(names)), rows, fontsize=8)
    axes.set_xlabel("the detector called it")
    axes.set_ylabel("the simulated wearer did (sets)")
    axes.set_title("Sets, simulated. Shade: share of the row; none: no set", fontsize=10)
    axes.set_xticks(np.arange(len(names)) + 0.5, minor=True)
    axes.set_yticks(np.arange(len(names)) + 0.5, minor=True)
    axes.grid(which="minor", color="0.92", linewidth=0.6)
    axes.tick_params(which="both", length=0)
    _save(figure, path)


def draw_reliability(sets: Reliability, repetitions: Reliability, path: Path) -> None:
    """Draw how often the detector is right against how sure it says it is."""
    figure = Figure(figsize=(5.2, 4.6), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=_DIAGONAL, linewidth=1, label="as sure as it is right")
    for curve, colour, name in (
        (sets, _SETS, "sets"),
        (repetitions, _REPETITIONS, "repetitions"),
    ):
        seen = [one for one in curve.curve if one.n]
        said = [one.confidence for one in seen if one.confidence is not None]
        right = [one.right for one in seen if one.right is not None]
        sizes = [20 + 260 * one.n / max(curve.n, 1) for one in seen]
        axes.plot(said, right, color=colour, linewidth=1.5, label=f"{name} (n {curve.n})")
        axes.scatter(said, right, s=sizes, color=colour, alpha=0.7)
    axes.set_xlim(0, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel("confidence that the detector gave")
    axes.set_ylabel("share that was right")
    axes.set_title("Confidence, simulated. Area: how many", fontsize=10)
    axes.grid(color="0.93")
    axes.legend(fontsize=8, frameon=False, loc="upper left")
    _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    """Write without the library's version, so that the same run gives the same bytes."""
    figure.savefig(path, format="png", metadata={"Software": None})
