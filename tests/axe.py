"""What axe-core finds on a page, as the tests read it."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")


def findings(page: Page) -> list[str]:
    """One line a grave finding: its rule, where, and what is wrong. Open shadow roots are looked into too."""
    grave = [one for one in Axe().run(page).response["violations"] if one["impact"] in GRAVE]
    return sorted(
        f"{one['id']}: {node['target']}: {node['html'][:200]}: {node['failureSummary']}"
        for one in grave
        for node in one["nodes"]
    )
