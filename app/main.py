"""The app's entry script: page settings, style and navigation."""

import streamlit as st

from app.page_files import page_file
from app.state import begin_page, end_page
from app.theme import ICON, PAGES, UNLISTED, style

# before the navigation, and a data URL: Streamlit would fetch a named icon, the page's own too, from the network
st.set_page_config(page_title="HSAL Explorer", page_icon=ICON, layout="wide")
style()
pages = [
    st.Page(
        page_file(name), title=title, icon=icon, url_path=path, default=not path,
        visibility="hidden" if name in UNLISTED else "visible",
    )
    for name, title, icon, path in PAGES
]
page = st.navigation(pages, position="top")
if page.url_path:
    st.set_page_config(page_title=f"{page.title} · HSAL Explorer")
begin_page(page.url_path)
try:
    page.run()
finally:
    end_page()
