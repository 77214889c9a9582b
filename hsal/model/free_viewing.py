"""Free viewing of photos: the meta-controller and the controller that predict where a person looks next.

Both have the form of the paper's, for maps of any size, and are trained on people's scanpaths: the loss is the negative
log probability of each next fixation, given the earlier ones (`hsal.training.gaze`). One glimpse per meta-step.

Differs: the paper's `W_location` is a matrix over the cells of one fixed map. Here the same small network scores each
cell from what is known of it, its priority and its place relative to the last two fixations, as the scanpath network
of Kümmerer, Bethge, Wallis, *DeepGaze III: Modeling free-viewing human scanpaths with deep learning*, Journal of
Vision 22(5), 2022. The controller's hidden state is explicit: its last two cells.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from hsal.config import ModelConfig
from hsal.model.attention import Gaussians, gaussian_mask, to_gaussians
from hsal.model.controller import ControllerInput
from hsal.model.meta_controller import LastStep

POOLED = (12, 16)  # the meta-controller's view of the map, whatever its size
FLOOR = 1e-4  # of a map before its logarithm, as a share of its maximum
UNIT = 8.0  # cells; distances are measured in this unit
MEMORY = 8  # numbers in the controller's hidden state, see FreeController
SHORT = 0.02  # stop when less than this share of the saliency is left


class FreeMetaController(nn.Module):
    """x_t = [S_t, last cell]; h_t = GRU(W_encode x_t, h_{t-1}); M_t = attn(h_t), on a map of any size.

    Differs: S_t is pooled to 12x16, and in place of the last label x_t has the place of the last glimpse.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.encode = nn.Linear(POOLED[0] * POOLED[1] + 3, config.hidden)
        self.recur = nn.GRUCell(config.hidden, config.hidden)
        self.attend = nn.Linear(config.hidden, 4 * config.gaussians)

    def step(self, saliency: Tensor, last: LastStep, hidden: Tensor) -> tuple[Gaussians, Tensor, Tensor]:
        """One meta-step; see `hsal.model.meta_controller.MetaController`."""
        grid = (saliency.shape[1], saliency.shape[2])
        place = _place(last.cell, grid) if self.config.saccades else saliency.new_zeros(len(saliency), 3)  # (B,3)
        pooled = functional.adaptive_avg_pool2d(saliency[:, None], POOLED).flatten(1)  # (B,192)
        hidden = self.recur(self.encode(torch.cat([pooled, place], dim=1)), hidden)
        gaussians = to_gaussians(self.attend(hidden), grid, (self.config.beta_min, self.config.beta_max))
        mask = gaussian_mask(gaussians, grid) if self.config.covert else torch.ones_like(saliency)
        return gaussians, mask, hidden


class FreeController(nn.Module):
    """Scores each cell for the next fixation, and names what is attended by a classifier of the volume.

    The hidden state is (B,8): row and column of the last two cells, each with a flag that it exists, the number of
    glimpses, and the saliency at the start.
    """

    def __init__(self, config: ModelConfig, classify: Callable[[Tensor], Tensor]) -> None:
        """Args:
            config: the model's sizes.
            classify: the network's classifier, from a mean of the volume's columns (B,C) to logits (B,N).
        """
        super().__init__()
        self.config, self.classify = config, classify
        self.priority_weight = nn.Parameter(torch.ones(()))
        features = 6 + 11 * config.saccades
        last = nn.Linear(16, 1)
        for parameter in last.parameters():  # in the beginning the priority alone counts
            nn.init.zeros_(parameter)
        self.score = nn.Sequential(nn.Linear(features, 24), nn.ReLU(), nn.Linear(24, 16), nn.ReLU(), last)

    def start(self, saliency: Tensor) -> Tensor:
        """The hidden state (B,8) before the first meta-step, for saliency maps (B,h,w)."""
        hidden = saliency.new_zeros(len(saliency), MEMORY)
        hidden[:, -1] = saliency.sum(dim=(1, 2)).detach()
        return hidden

    def step(self, x: ControllerInput, hidden: Tensor) -> Tensor:
        """Remember the cell of the last glimpse, if there was one in this meta-step."""
        grid = (x.priority.shape[1], x.priority.shape[2])
        glimpsed = (x.cell < grid[0] * grid[1])[:, None]  # (B,1)
        place = torch.stack([x.cell // grid[1], x.cell % grid[1], glimpsed[:, 0]], dim=1).to(hidden.dtype)  # (B,3)
        shifted = torch.cat([place, hidden[:, :3], hidden[:, -2:-1] + 1, hidden[:, -1:]], dim=1)
        return torch.where(glimpsed, shifted, hidden)

    def location_logits(self, x: ControllerInput, hidden: Tensor) -> Tensor:
        """(B,h*w): the weighted log priority, and the score of each cell."""
        log_priority = _log(x.priority)
        features = [log_priority, _log(x.saliency), _log(x.mask), *_center(x.priority)]
        features.append((hidden[:, -2] / 10).clamp(max=2)[:, None, None].expand_as(log_priority))
        if self.config.saccades:
            features += _saccade_features(hidden, (x.priority.shape[1], x.priority.shape[2]))
        scores = self.score(torch.stack(features, dim=-1))[..., 0]  # (B,h,w)
        return (self.priority_weight * log_priority + scores).flatten(1)

    def class_logits(self, x: ControllerInput, hidden: Tensor) -> Tensor:
        """(B,N+1): the classifier's logits of what was attended, and stop.

        Choice: the mean of the broad glimpse and of the last sharp one, which the paper's controller has both seen when
        it predicts the label.

        Differs: stop is a rule, not learned: people's scanpaths end because the recording does. It is most probable
        when little of the saliency is left. Without a volume (C = 0), as in training, nothing is named: (B,1), zeros.
        """
        if not x.broad.shape[1]:
            return x.broad.new_zeros(len(x.broad), 1)
        attended = (x.broad + x.glimpse) / 2  # (B,C)
        logits = self.classify(attended)  # (B,N)
        left = x.saliency.sum(dim=(1, 2)) / hidden[:, -1].clamp(min=1e-12)  # (B,)
        stop = torch.where(left < SHORT, logits.amax(dim=1) + 10, logits.amin(dim=1) - 10)
        return torch.cat([logits, stop[:, None]], dim=1)

    def state_value(self, hidden: Tensor) -> Tensor:
        """(B,1) zeros: scanpaths are learned by likelihood, which needs no estimate of a return."""
        return hidden.new_zeros(len(hidden), 1)

    def name_cells(self, columns: Tensor) -> Tensor:
        """The classifier's logits (n,N) of single columns of the volume (n,C)."""
        return self.classify(columns)


def _place(cell: Tensor, grid: tuple[int, int]) -> Tensor:
    """(B,3): row and column of a cell in -1..1, and 1; zeros where there is no cell."""
    exists = cell < grid[0] * grid[1]
    row = (cell // grid[1] * 2 + 1) / grid[0] - 1
    column = (cell % grid[1] * 2 + 1) / grid[1] - 1
    return torch.stack([row, column, torch.ones_like(row)], dim=1) * exists[:, None]


def _log(values: Tensor) -> Tensor:
    """The logarithm of maps (B,h,w), relative to each map's maximum, with a floor."""
    peak = values.amax(dim=(1, 2), keepdim=True).detach()
    return (values / peak.clamp(min=1e-12) + FLOOR).log()


def _center(like: Tensor) -> list[Tensor]:
    """Two maps (B,h,w): each cell's squared distance from the center, vertically and horizontally, 0..1."""
    rows, columns = (torch.linspace(-1, 1, size, device=like.device).square() for size in like.shape[1:])
    return [rows[:, None].expand_as(like), columns[None].expand_as(like)]


def _saccade_features(hidden: Tensor, grid: tuple[int, int]) -> list[Tensor]:
    """Maps (B,h,w) of the saccade to each cell: its vector, its amplitude, and its angle with the last saccade."""
    rows = torch.arange(grid[0], device=hidden.device)[:, None]
    columns = torch.arange(grid[1], device=hidden.device)[None]
    down, across, exists = _from(hidden[:, :3], rows, columns)
    down_before, across_before, existed = _from(hidden[:, 3:6], rows, columns)
    amplitude, before = _length(down, across), _length(down_before, across_before)
    last = down_before - down, across_before - across  # (B,h,w) the last saccade, the same at each cell
    turn = (down * last[0] + across * last[1]) / (amplitude * _length(*last))  # cosine of the angle between both
    along = [down, across, down.abs(), across.abs(), amplitude, (1 + amplitude * UNIT).log(), exists]
    relative = [before, (1 + before * UNIT).log(), turn, existed]
    return [part * exists for part in along] + [part * existed for part in relative]


def _length(down: Tensor, across: Tensor) -> Tensor:
    return (down.square() + across.square() + 1e-6).sqrt()  # differentiable at 0


def _from(place: Tensor, rows: Tensor, columns: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Maps (B,h,w): offsets of all cells from a remembered one, in UNIT cells, and whether there is one."""
    row, column, exists = (part[:, None, None] for part in place.unbind(dim=1))  # (B,1,1) each
    down, across = (rows - row) / UNIT, (columns - column) / UNIT
    down, across = torch.broadcast_tensors(down, across)
    return down, across, exists.expand_as(down)
