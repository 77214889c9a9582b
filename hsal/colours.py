"""One meaning, one colour, in every figure (Okabe & Ito's set, safe for colour-blind eyes)."""

SALIENCY_MAP = "inferno"  # a perceptually uniform matplotlib and Plotly map, for saliency alone
COVERT = "#0072B2"  # mask, meta-controller
OVERT = "#E69F00"  # glimpses, controller
PRIORITY = "#009E73"  # mask times saliency
INHIBITION = "#888888"  # drawn as hatching
RIGHT = "#009E73"  # always with a tick
WRONG = "#D55E00"  # always with a cross
