"""Every metric that a training run logs, with one sentence of explanation."""

from __future__ import annotations

from dataclasses import dataclass

CHECK = "validation_"  # before the names of what is measured at a check, greedily, on scenes never trained on


@dataclass(frozen=True)
class Chart:
    """One metric of a training run."""

    name: str
    """As in metrics.jsonl."""
    title: str
    about: str
    group: str
    """One of `GROUPS`."""

    @property
    def checked(self) -> bool:
        """Whether it is measured at checks alone, and not with every update."""
        return self.name.startswith(CHECK)


CHARTS = (
    Chart("validation_attn_saliency", "Saliency at the glimpses, share of the map's maximum",
           "How salient the cells are that the model looks at: 1 would be the most salient cell every time.",
           "Attention"),
    Chart("validation_attn_saliency_paper", "Saliency at the glimpses, on the paper's scale",
           "The same, undivided. The scale depends on the backbone, so that only gains compare with the paper's.",
           "Attention"),
    Chart("validation_exact_match", "Scenes with all labels correct (0-1)",
           "The share of validation scenes with exactly the right labels.", "Answers"),
    Chart("validation_macro_f1", "Macro-F1",
           "How well each digit is found and not made up, the mean over the ten of them, on validation scenes.",
           "Answers"),
    Chart("label_reward", "Reward for labels",
           "+1 for a label still free in the scene and −1 for any other, a mean over the meta-steps of an update.",
           "Rewards"),
    Chart("location_reward", "Reward for glimpses",
           "Mask times saliency at the glimpsed cells, summed over the glimpses of a meta-step.", "Rewards"),
    Chart("total", "Total loss", "What the update minimizes: all parts with their weights.", "Losses"),
    Chart("policy", "Policy loss",
           "The part that makes rewarded glimpses and labels more probable; it can be negative.", "Losses"),
    Chart("value", "Value loss",
           "The squared error of the model's estimate of the future reward.", "Losses"),
    Chart("gradient_norm", "Gradient norm",
           "The norm of the gradient of an update, before clipping.", "Losses"),
    Chart("entropy", "Entropy of all choices",
           "How undecided the model is over cells and labels: high explores, 0 always does the same.", "Exploring"),
    Chart("location_entropy", "Entropy of a glimpse",
           "How undecided one glimpse is over the cells of the map, in nats.", "Exploring"),
    Chart("attn_saliency", "Saliency at the glimpses while exploring",
           "As a share of the map's maximum, at the cells drawn at random in training.", "Exploring"),
    Chart("validation_moving", "Glimpses that move",
           "The share of meta-steps whose glimpses do not all fall on one cell.", "Exploring"),
    Chart("validation_mask_peak", "Peak of the covert mask",
           "The mean height of the mask's highest cell: below 0.4 covert attention is fading.", "Mask"),
    Chart("validation_mask_mass", "Size of the covert mask", "The mean sum of the mask, in cells.", "Mask"),
    Chart("validation_inhibited", "Lost to inhibition elsewhere",
           "The share of the saliency outside the glimpsed cells that inhibition of return takes away in a step.",
           "Mask"),
    Chart("validation_mean_steps", "Meta-steps in a scene",
           "The mean number of meta-steps, the one with stop included.", "Mask"),
    Chart("validation_stopped", "Ended by stop",
           "The share of scenes that the model ended by itself, rather than by running out of steps.", "Mask"),
)
GROUPS = tuple(dict.fromkeys(metric.group for metric in CHARTS))
FIRST = GROUPS[:3]  # of these, shown at first
