"""Training one model in several processes: each computes its rows of every batch, and the gradients are summed.

Every process draws the random numbers of the whole batch and uses its own rows of them, so that several processes take
the same steps as one, up to the order of summation. DistributedDataParallel cannot wrap a rollout, which is a
generator; gradients are therefore summed here, by Lightning Fabric, which also starts the processes and handles devices
and precision.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

from hsal.config import ConfigError, Precision
from hsal.device import find_device
from hsal.training.progress import check_finite

if TYPE_CHECKING:
    from lightning_fabric import Fabric


@dataclass(frozen=True)
class ProcessGroup:
    """The processes that train together, as seen by one of them."""

    device: torch.device
    fabric: Fabric | None = None
    """None for a single process in single precision."""
    rank: int = 0
    """This process's number, from 0."""
    size: int = 1
    """Number of processes."""

    def rows(self, batch: int) -> slice:
        """This process's rows of a batch."""
        if self.size == 1:
            return slice(None)
        return slice(batch * self.rank // self.size, batch * (self.rank + 1) // self.size)

    def sum(self, tensor: Tensor) -> Tensor:
        """The elementwise sum over all processes."""
        if self.fabric is None or self.size == 1:
            return tensor
        return cast(Tensor, self.fabric.all_reduce(tensor, reduce_op="sum"))

    def sum_int(self, number: int) -> int:
        """The sum of one whole number over all processes."""
        return number if self.size == 1 else int(self.sum(torch.tensor(number, device=self.device)))

    def sum_scalars(self, scalars: Mapping[str, Tensor]) -> dict[str, float]:
        """Scalars by name, each summed over all processes."""
        if self.size == 1:
            return {name: value.item() for name, value in scalars.items()}
        sums = self.sum(torch.stack([value.detach().float() for value in scalars.values()]))
        return dict(zip(scalars, sums.tolist(), strict=True))

    def any(self, condition: bool) -> bool:
        """Whether the condition holds in at least one process."""
        return self.sum_int(int(condition)) > 0

    def gather(self, rows: Tensor, batch: int) -> Tensor:
        """All rows of a batch, in order, from each process's own: (own,...) -> (batch,...)."""
        if self.size == 1:
            return rows
        placed = rows.new_zeros(batch, *rows.shape[1:])
        placed[self.rows(batch)] = rows
        return self.sum(placed)

    def sum_gradients(self, parameters: Sequence[nn.Parameter]) -> None:
        """Replace the gradients in every process by their sum; losses are shares of the batch's loss already."""
        if self.size == 1:
            return
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        flat = self.sum(torch.cat([gradient.flatten() for gradient in gradients]))
        for gradient, part in zip(gradients, flat.split([each.numel() for each in gradients]), strict=True):
            gradient.copy_(part.view_as(gradient))

    def autocast(self) -> AbstractContextManager[None]:
        """The context in which an update's forward pass runs; validation stays in single precision."""
        return nullcontext() if self.fabric is None else self.fabric.autocast()


SINGLE_PROCESS = ProcessGroup(torch.device("cpu"))


class Sampler:
    """Actions drawn from softmax(logits) for the rows that are still running: (B,n) -> (B,).

    `torch.multinomial` divides the probabilities by exponential noise and takes the largest. In a group, every process
    draws that noise for the running rows of all processes and uses its own part.
    """

    def __init__(self, generator: torch.Generator, group: ProcessGroup, update: int = 0) -> None:
        """Args:
            generator: in the same state in all processes.
            group: the processes that share the batch.
            update: number of the current update, for error messages.
        """
        self.generator, self.group, self.update = generator, group, update

    def __call__(self, logits: Tensor) -> Tensor:
        """Draw actions; all processes of a group must call this together.

        Raises:
            TrainingError: the logits are not finite.
        """
        probabilities = logits.detach().softmax(dim=1)
        if self.group.size == 1:
            try:
                return torch.multinomial(probabilities, 1, generator=self.generator).squeeze(1)
            except RuntimeError:
                check_finite(self.update, probability=probabilities.sum().item())
                raise
        running = self._running(len(logits))
        before = sum(running[: self.group.rank])
        noise = probabilities.new_empty(sum(running), logits.shape[1]).exponential_(generator=self.generator)
        return (probabilities / noise[before : before + len(logits)]).argmax(dim=1)

    def finish(self) -> None:
        """Take part in the other processes' draws until the rows of all have ended."""
        while self.group.size > 1 and sum(self._running(0)) > 0:
            pass

    def _running(self, own: int) -> list[int]:
        """The number of running rows in each process."""
        counts = torch.zeros(self.group.size, dtype=torch.long, device=self.group.device)
        counts[self.group.rank] = own
        return [int(count) for count in self.group.sum(counts).tolist()]


def join_group(device: str, precision: Precision, processes: int, batch: int) -> ProcessGroup:
    """The process group of this process; starts the other processes unless torchrun did.

    Args:
        device: a torch device, or auto.
        processes: number of processes on this machine; ignored under torchrun.
        batch: rows that the processes share.
    Raises:
        ConfigError: more processes than scenes in a batch, or than GPUs.
        HsalError: there is no such device.
    """
    found, started = find_device(device), int(os.environ.get("LOCAL_WORLD_SIZE", "0"))
    local = started or processes
    size = int(os.environ["WORLD_SIZE"]) if started else processes
    if not 1 <= size <= batch:
        raise ConfigError(f"processes must lie in 1..batch ({batch}), not {size}.")
    if size == 1 and precision == "32-true":
        return ProcessGroup(found)
    if found.type == "cuda" and local > torch.cuda.device_count():
        raise ConfigError(f"There are {torch.cuda.device_count()} GPUs for {local} processes: use as many or fewer.")
    from lightning_fabric import Fabric  # slow to import

    chosen = [found.index] if local == 1 and found.index is not None and found.type == "cuda" else local
    fabric = Fabric(
        accelerator=found.type, devices=chosen, num_nodes=size // local, precision=precision,
        strategy="ddp" if size > 1 else "auto",
    )
    fabric.launch()
    return ProcessGroup(fabric.device, fabric, fabric.global_rank, fabric.world_size)


def leave_group(group: ProcessGroup) -> None:
    """Close the connections between the processes."""
    if group.size > 1:
        torch.distributed.destroy_process_group()
