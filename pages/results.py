"""Results: measurements beside the paper's figures, and every error scene by scene. Loads no torch."""

import streamlit as st

from app import theme
from app.results import figures, measured
from app.results.errors_browser import errors_browser
from app.results.tables import ablation_table, extrapolation_table, how_made, main_table, saliency_table
from app.widgets import show_error
from hsal.errors import HsalError
from hsal.reproduce.summary import summarize
from hsal.zoo.weights import TITLES

# title, measure in the curves, as a ratio to its start
CURVES = (
    ("Saliency at glimpses, relative to the start of training", "attn_saliency", True),
    ("Saliency at glimpses, share of the map's maximum", "attn_saliency", False),
    ("Scenes with all labels correct (0-1, validation)", "exact_match", False),
    ("Peak of the covert mask", "mask_peak", False),
)

st.title("Results", anchor=False)
try:
    results = measured.results()
except HsalError as error:
    results = []
    show_error(str(error))
rows = summarize(results)

st.markdown(
    "How well the model labels every digit of scenes it was not trained on, measured here and as the paper reports it. "
    "**macro-F1** weights every digit class equally; **0-1** is the share of scenes with exactly the right labels."
)
st.html(main_table(rows))
if rows:
    st.caption(
        "Means over seeds. Brackets: 95% bootstrap intervals over test scenes. The paper's backbone is a ResNet-34 "
        "with ImageNet weights, its SVHN is the full one; compare with that in mind."
    )
    with st.expander("Command, machine and minutes of every result", icon=":material/terminal:"):
        st.html(how_made(rows))

trained = [result for result in results if not result.ablation and result.curve]
if trained:
    st.subheader("During training", anchor=False)
    tasks = list(dict.fromkeys(result.task for result in trained))
    task = st.segmented_control("Task", tasks, default=tasks[0], required=True, key="results.task",
                                format_func=TITLES.__getitem__) if tasks[1:] else tasks[0]
    st.markdown(
        "Rewarded glimpses move to salient cells; Cross-Entropy does not reward them. Each line is one seed."
        + " The CNN has no glimpses, so it appears only in the accuracy chart." * any(
            result.method == "count" for result in trained)
    )
    of_task, dark = [result for result in trained if result.task == task], theme.is_dark()
    places = [*st.columns(2, gap="large"), *st.columns(2, gap="large")]
    for place, (title, measure, ratio) in zip(places, CURVES, strict=True):
        place.markdown(f"**{title}**")
        place.plotly_chart(figures.curves(of_task, measure, dark, ratio=ratio), config=figures.QUIET,
                           key=f"results.{measure}.{ratio}")

if any(row.ablation for row in rows):
    st.subheader("Ablations", anchor=False)
    st.caption("Short training runs, measured on validation scenes: compare them only with one another.")
    st.html(ablation_table(rows))
try:
    with_other_maps = measured.saliency_results()
except HsalError as error:
    with_other_maps = []
    show_error(str(error))
if with_other_maps:
    st.subheader("Effect of the saliency map on attention", anchor=False)
    st.caption("The shipped weights with another map than the one they were trained on, and short training runs on "
               "that map; validation scenes. Saliency at glimpses is a share of each map's own maximum: "
               "compare it within a row.")
    st.html(saliency_table(with_other_maps))
if any(result.extrapolation or result.without_inhibition for result in results):
    st.subheader("Generalization beyond the training scenes", anchor=False)
    st.html(extrapolation_table(rows))

st.subheader("Every scene, correct and incorrect", anchor=False)
errors_browser()
