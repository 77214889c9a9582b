"""The app's entry script: page settings, style and navigation."""

import streamlit as st

from app.page_files import page_file
from app.state import begin_page, end_page
from app.theme import ICON, PAGES, UNLISTED, style

pages = [
    st.Page(
        page_file(name), title=title, icon=icon, url_path=path, default=not path,
        visibility="hidden" if name in UNLISTED else "visible",
    )
    for name, title, icon, path in PAGES
]
page = st.navigation(pages, position="top")
title = f"{page.title} · HSAL Explorer" if page.url_path else "HSAL Explorer"
# a data URL: Streamlit would fetch a named icon from the network
st.set_page_config(page_title=title, page_icon=ICON, layout="wide")
style()
begin_page(page.url_path)
try:
    page.run()
finally:
    end_page()
