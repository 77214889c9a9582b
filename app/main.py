"""The entry script: navigation and frame, nothing else."""

import streamlit as st

from app.theme import PAGES, style

st.set_page_config(page_title="HSAL Explorer", page_icon=":material/visibility:", layout="wide")
style()
st.navigation([st.Page(f"../pages/{name}.py", title=title, icon=icon, url_path=path, default=not path)
               for name, title, icon, path in PAGES], position="top").run()
