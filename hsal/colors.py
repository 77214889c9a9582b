"""The colors of all figures: one color per meaning (Okabe and Ito's set, safe for color-blind viewers)."""

SALIENCY_MAP = "inferno"  # a perceptually uniform matplotlib and Plotly map, for saliency alone
COVERT = "#0072B2"  # mask, meta-controller
OVERT = "#E69F00"  # glimpses, controller
PRIORITY = "#009E73"  # mask times saliency
INHIBITION = "#888888"  # drawn as hatching
PEOPLE = "#CC79A7"  # fixations and scanpaths of people
CORRECT = "#009E73"  # always with a tick
INCORRECT = "#D55E00"  # always with a cross

# training objectives: (on a light background, on a dark background)
OBJECTIVES = {
    "reinforce": ("#A8487C", "#CC79A7"), "cross-entropy": ("#1C2429", "#E7ECEF"),
    "multiset": ("#2F8FC9", "#56B4E9"), "count": ("#8F8400", "#F0E442"),
}
