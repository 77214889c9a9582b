"""An app whose first page is Train, for its tests: links to other pages need a navigation that knows them."""

import streamlit as st

st.navigation([st.Page("../pages/train.py", default=True), st.Page("../pages/step_through.py")]).run()
