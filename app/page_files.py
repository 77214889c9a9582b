"""The scripts of the pages: `pages/` beside `app/` in a checkout, and shipped inside the package in a wheel.

They may not lie in a folder named `pages` beside `main.py`: Streamlit would serve such a folder on its own, without
the navigation.
"""

from __future__ import annotations

from hsal.paths import SHIPPED


def page_file(name: str) -> str:
    """The absolute path of a page's script, for `st.Page`, `st.page_link` and `st.switch_page`."""
    return str(SHIPPED / "pages" / f"{name}.py")
