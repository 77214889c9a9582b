"""Results: what was measured, beside the paper's figures, and every error scene by scene. Loads no torch."""

import streamlit as st

from app import theme
from app.results import figures, measured
from app.results.errors_browser import errors_browser
from app.results.tables import ablation_table, extrapolation_table, how_made, main_table, saliency_table
from app.widgets import refuse
from hsal.errors import HsalError
from hsal.reproduce.results import short_name
from hsal.reproduce.summary import summarize
from hsal.zoo.weights import TITLES

# title, measure in the curves, as a ratio to its start
CURVES = (
    ("Saliency at the glimpses, over its start", "attn_saliency", True),
    ("Saliency at the glimpses, share of the map's maximum", "attn_saliency", False),
    ("Scenes named right (0-1, validation)", "exact_match", False),
    ("Peak of the covert mask", "mask_peak", False),
)

st.title("Results", anchor=False)
try:
    results = measured.results()
except HsalError as error:
    results = []
    refuse(str(error))
rows = summarize(results)

st.markdown(
    "How well the model names every digit of a scene it has never seen, measured here and as the paper reports it. "
    "**macro-F1** weighs every digit alike; **0-1** is the share of scenes with all digits named, and no more."
)
st.html(main_table(rows))
if rows:
    st.caption(
        "Means over seeds. Brackets: 95 % bootstrap intervals over test scenes. The paper's backbone is a ResNet-34 "
        "with ImageNet weights, its SVHN is the full one; compare with that in mind."
    )
    with st.expander("Command, machine and minutes of every figure", icon=":material/terminal:"):
        st.html(how_made(rows))

trained = [result for result in results if not result.ablation and result.curve]
if trained:
    st.subheader("While it learns", anchor=False)
    tasks = list(dict.fromkeys(result.task for result in trained))
    task = tasks[0]
    if len(tasks) > 1:
        task = st.segmented_control("Task", tasks, default=task, required=True, key="results.task",
                                    format_func=TITLES.get)
    st.markdown(
        "Rewarded glimpses seek out what is salient; with Cross-Entropy nothing rewards them. One line a seed; "
        f"{', '.join(short_name(method) for method in dict.fromkeys(one.method for one in trained))}."
    )
    of_task, dark = [result for result in trained if result.task == task], theme.is_dark()
    places = [*st.columns(2, gap="large"), *st.columns(2, gap="large")]
    for place, (title, measure, ratio) in zip(places, CURVES, strict=True):
        place.markdown(f"**{title}**")
        place.plotly_chart(figures.curves(of_task, measure, dark, ratio=ratio), config=figures.QUIET,
                           key=f"results.{measure}.{ratio}")

if any(row.ablation for row in rows):
    st.subheader("What each part is worth", anchor=False)
    st.caption("Short trainings, measured on validation scenes: compare them with one another alone.")
    st.html(ablation_table(rows))
try:
    on_maps = measured.on_maps()
except HsalError as error:
    on_maps = []
    refuse(str(error))
if on_maps:
    st.subheader("What each saliency map does to attention", anchor=False)
    st.caption("The shipped weights shown another map than the one they learned on, and short trainings on it; "
               "validation scenes. Saliency at glimpses is a share of each map's own maximum: compare it within a row.")
    st.html(saliency_table(on_maps))
if any(result.extrapolation or result.without_inhibition for result in results):
    st.subheader("Beyond what was trained", anchor=False)
    st.html(extrapolation_table(rows))

st.subheader("Every scene, right and wrong", anchor=False)
errors_browser()
