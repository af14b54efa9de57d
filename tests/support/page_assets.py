"""For tests of what the pages take from others: skipped where ``make assets`` has not run."""

import pytest

import assets

needs_assets = pytest.mark.skipif(
    not assets.FOR_PAGES.is_complete(), reason="htmx and uPlot are not here: make assets"
)
