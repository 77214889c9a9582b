"""Several processes that train one model together: each batch is shared out, and what comes of it added up.

Every process draws what the whole batch draws and takes its own rows of it, so that a team takes the
very steps that one process would, but for the order in which sums are taken. A rollout is a generator,
which wrappers such as DistributedDataParallel cannot follow; so gradients are added here, by Lightning
Fabric, which also starts the processes and knows devices and precisions.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from hsal.config import ConfigError, Precision
from hsal.device import find_device
from hsal.training.progress import check_finite

if TYPE_CHECKING:
    from lightning_fabric import Fabric


@dataclass(frozen=True)
class ProcessGroup:
    """This process among those that train together."""

    device: torch.device
    fabric: Fabric | None = None
    """None where one process reckons in single precision and needs no help."""
    number: int = 0
    size: int = 1

    def own(self, batch: int) -> slice:
        """This process's rows of a batch."""
        if self.size == 1:
            return slice(None)
        return slice(batch * self.number // self.size, batch * (self.number + 1) // self.size)

    def sum(self, tensor: Tensor) -> Tensor:
        """The sum over all processes."""
        if self.size == 1:
            return tensor
        return self.fabric.all_reduce(tensor, reduce_op="sum")

    def total(self, number: int) -> int:
        """The same for one whole number."""
        return number if self.size == 1 else int(self.sum(torch.tensor(number, device=self.device)))

    def any(self, wish: bool) -> bool:
        """Whether one process wishes."""
        return self.total(int(wish)) > 0

    def whole(self, rows: Tensor, batch: int) -> Tensor:
        """All rows of a batch, in order, from this process's: (own,...) -> (batch,...)."""
        if self.size == 1:
            return rows
        placed = rows.new_zeros(batch, *rows.shape[1:])
        placed[self.own(batch)] = rows
        return self.sum(placed)

    def added(self, parts: Mapping[str, Tensor]) -> dict[str, float]:
        """Scalars by name, each summed over all processes."""
        if self.size == 1:
            return {name: value.item() for name, value in parts.items()}
        sums = self.sum(torch.stack([value.detach().float() for value in parts.values()]))
        return dict(zip(parts, sums.tolist(), strict=True))

    def add_gradients(self, parameters: Sequence[nn.Parameter]) -> None:
        """Give every process the sum of all gradients; the loss is a share of the whole batch's already."""
        if self.size == 1:
            return
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        flat = self.sum(torch.cat([gradient.flatten() for gradient in gradients]))
        for gradient, part in zip(gradients, flat.split([each.numel() for each in gradients]), strict=True):
            gradient.copy_(part.view_as(gradient))

    def autocast(self) -> AbstractContextManager[None]:
        """In which the model reckons in the chosen precision; validation stays in single precision."""
        return nullcontext() if self.fabric is None else self.fabric.autocast()

    def wait(self) -> None:
        """Until all processes are here."""
        if self.size > 1:
            self.fabric.barrier()


SINGLE_PROCESS = ProcessGroup(torch.device("cpu"))


class Sampler:
    """Actions drawn from softmax(logits) for the rows that still run: (B,n) -> (B,).

    `torch.multinomial` divides the probabilities by exponential noise and takes the largest. In a team
    that noise is drawn for the running rows of all processes, and each takes its own part.
    """

    def __init__(self, generator: torch.Generator, team: ProcessGroup, number: int = 0) -> None:
        self.generator, self.team, self.number = generator, team, number

    def __call__(self, logits: Tensor) -> Tensor:
        """Draw; in a team all processes must.

        Raises:
            TrainingError: in update `number` the logits are no finite numbers.
        """
        probabilities = logits.detach().softmax(dim=1)
        if self.team.size == 1:
            try:
                return torch.multinomial(probabilities, 1, generator=self.generator).squeeze(1)
            except RuntimeError:
                check_finite(self.number, probability=probabilities.sum().item())
                raise
        running = self._running(len(logits))
        before = sum(running[: self.team.number])
        noise = probabilities.new_empty(sum(running), logits.shape[1]).exponential_(generator=self.generator)
        return (probabilities / noise[before : before + len(logits)]).argmax(dim=1)

    def finish(self) -> None:
        """When the own rows have ended: stand by until those of all processes have."""
        while self.team.size > 1 and sum(self._running(0)):
            pass

    def _running(self, own: int) -> list[int]:
        """How many rows each process draws for now."""
        counts = torch.zeros(self.team.size, dtype=torch.long, device=self.team.device)
        counts[self.team.number] = own
        return self.team.sum(counts).tolist()


def join_group(device: str, precision: Precision, processes: int, batch: int) -> ProcessGroup:
    """The team of this process; starts the others, unless torchrun did.

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
    from lightning_fabric import Fabric  # takes two seconds

    chosen = [found.index] if local == 1 and found.index is not None and found.type == "cuda" else local
    fabric = Fabric(
        accelerator=found.type, devices=chosen, num_nodes=size // local, precision=precision,
        strategy="ddp" if size > 1 else "auto",
    )
    fabric.launch()
    return ProcessGroup(fabric.device, fabric, fabric.global_rank, fabric.world_size)


def leave_group(team: ProcessGroup) -> None:
    """Part in good order."""
    if team.size > 1:
        torch.distributed.destroy_process_group()
