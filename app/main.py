"""The entry script: navigation and frame, nothing else."""

import streamlit as st

from app.theme import ASIDE, ICON, PAGES, style

# an icon of our own: a named one would be fetched from the network
st.set_page_config(page_title="HSAL Explorer", page_icon=ICON, layout="wide")
style()
pages = [
    st.Page(
        f"../pages/{name}.py", title=title, icon=icon, url_path=path, default=not path,
        visibility="hidden" if name in ASIDE else "visible",
    )
    for name, title, icon, path in PAGES
]
st.navigation(pages, position="top").run()
