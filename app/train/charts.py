"""The charts of a training run: one for each logged metric, with one sentence of explanation."""

from __future__ import annotations

from dataclasses import dataclass

CHECK = "validation_"  # prefix of metrics that are measured at a check, with greedy actions on validation scenes


@dataclass(frozen=True)
class Chart:
    """The chart of one metric."""

    name: str
    """Name of the metric in metrics.jsonl."""
    title: str
    about: str
    group: str
    """One of `GROUPS`."""

    @property
    def checked(self) -> bool:
        """Whether the metric is measured only at checks and not after every update."""
        return self.name.startswith(CHECK)


CHARTS = (
    Chart("validation_attn_saliency", "Saliency at glimpses, share of the map's maximum",
          "How salient the glimpsed cells are: 1 is the most salient cell every time.",
          "Attention"),
    Chart("validation_attn_saliency_paper", "Saliency at glimpses, on the paper's scale",
          "The same, not divided by the maximum. The scale depends on the backbone: compare only the gain with the "
          "paper's.",
          "Attention"),
    Chart("validation_exact_match", "Scenes with all labels correct (0-1)",
          "The share of validation scenes with exactly the correct labels.", "Answers"),
    Chart("validation_macro_f1", "Macro-F1",
          "The F1 score of each digit class, averaged over the ten classes, on validation scenes.",
          "Answers"),
    Chart("label_reward", "Reward for labels",
          "+1 for a label that the scene has and that was not predicted before, −1 for any other; mean over the "
          "meta-steps of an update.",
          "Rewards"),
    Chart("location_reward", "Reward for glimpses",
          "Mask times saliency at the glimpsed cells, summed over the glimpses of a meta-step.", "Rewards"),
    Chart("total", "Total loss", "What an update minimizes: the weighted sum of all losses.", "Losses"),
    Chart("policy", "Policy loss",
          "The term that makes rewarded glimpses and labels more probable; it can be negative.", "Losses"),
    Chart("value", "Value loss",
          "The squared error of the model's estimate of the future reward.", "Losses"),
    Chart("gradient_norm", "Gradient norm",
          "The norm of the gradient of an update, before clipping.", "Losses"),
    Chart("entropy", "Entropy of all actions",
          "How uncertain the model is about cells and labels: a high value explores, 0 always acts the same.",
          "Exploration"),
    Chart("location_entropy", "Entropy of a glimpse",
          "How uncertain one glimpse is about the cells of the map, in nats.", "Exploration"),
    Chart("attn_saliency", "Saliency at sampled glimpses",
          "As a share of the map's maximum, at the cells sampled in training.", "Exploration"),
    Chart("validation_moving", "Glimpses that move",
          "The share of meta-steps whose glimpses do not all fall on one cell.", "Exploration"),
    Chart("validation_mask_peak", "Peak of the covert mask",
          "The mean of the mask's highest value: below 0.4, covert attention is fading.", "Mask"),
    Chart("validation_mask_mass", "Size of the covert mask", "The mean sum of the mask, in cells.", "Mask"),
    Chart("validation_inhibited", "Saliency inhibited elsewhere",
          "The share of the saliency outside the glimpsed cells that inhibition of return removes in a meta-step.",
          "Mask"),
    Chart("validation_mean_steps", "Meta-steps per scene",
          "The mean number of meta-steps, including the one with stop.", "Mask"),
    Chart("validation_stopped", "Ended by stop",
          "The share of scenes that the model ended by predicting stop, before the maximum number of meta-steps.",
          "Mask"),
)
GROUPS = tuple(dict.fromkeys(chart.group for chart in CHARTS))
DEFAULT_GROUPS = GROUPS[:3]
