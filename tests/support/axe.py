"""axe-core looks at a page for what keeps people from reading or using it."""

import json
from collections.abc import Sequence

import pytest
from playwright.sync_api import Page

import assets

needs_axe = pytest.mark.skipif(
    not assets.FOR_TESTS.is_complete(), reason="axe-core is not here: make assets"
)
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async rules => {
    const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
    return found.violations.map(one =>
        `${one.id}: ${one.help}: ${one.nodes.map(node => node.target.join(" ")).join(", ")}`);
}"""


def violations(page: Page) -> Sequence[str]:
    """Return what axe objects to on the page as it is shown now, a line each."""
    folder = assets.FOR_TESTS.path
    manifest = json.loads((folder / "manifest.json").read_text())
    page.evaluate((folder / manifest["axe.js"]["file"]).read_text())
    found: list[str] = page.evaluate(_RUN, _RULES)
    return found
