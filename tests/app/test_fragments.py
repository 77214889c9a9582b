"""Fragments that are redrawn at intervals."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page
from streamlit.testing.v1 import AppTest

from tests.fixtures.browser import running_script, wait_until_settled

RUNS = 60
SCRIPT = f"""
import streamlit as st
from app.fragments import auto_refresh
runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
def draw():
    st.text("part")
    return runs < {RUNS}
auto_refresh(draw, 0.02 if runs < {RUNS} else None)
st.subheader("After")
st.text(f"run {{runs}}")
"""
COUNT_LOSSES = """
window.lost = 0;
new MutationObserver(() => {
    const there = document.querySelector("h3") !== null;
    if (window.seen && !there) window.lost += 1;
    window.seen ||= there;
}).observe(document, { subtree: true, childList: true });
"""


def refreshed() -> None:
    import streamlit as st

    from app.fragments import auto_refresh

    runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    if runs == 1:
        st.session_state["number"] = 7
    st.number_input("Number", 0, 9, key="number")

    def draw() -> bool:
        st.text("part")
        return True

    auto_refresh(draw, None)
    st.text(f"run {runs}")


def test_the_run_of_the_page_is_completed() -> None:
    """A rerun at once would discard its output, including the number."""
    at = AppTest.from_function(refreshed).run()
    assert not at.exception
    assert [text.value for text in at.text] == ["part", "run 1"]
    assert at.number_input[0].value == 7


def test_elements_below_a_fragment_stay_with_late_timers(page: Page, tmp_path: Path) -> None:
    """A timer of 20 ms is often late: timer calls are pending whenever the page reruns."""
    (tmp_path / "script.py").write_text(SCRIPT)
    with running_script(tmp_path / "script.py") as address:
        page.add_init_script(COUNT_LOSSES)
        page.goto(address)
        page.get_by_text(f"run {RUNS}").wait_for(timeout=120_000)
        wait_until_settled(page)
        assert page.evaluate("window.lost") == 0
        assert page.locator("h3").inner_text() == "After"
