"""What ends a run although nothing in its configuration is wrong: memory, disk, numbers."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rtlgen.errors import RtlgenError
from rtlgen.llm.model import ModelFault
from rtlgen.llm.transformers_load import first_line
from sim.errors import EnvironmentFault

_MEMORY = ("out of memory", "can't allocate memory")
_DISK = ("No space left on device", "PytorchStreamWriter failed", "Disk quota exceeded")
_CHECKPOINTS = 3
"""Checkpoints that are on disk at a time: two that are kept, and the one being written."""
_ADAM = 3
"""Numbers of each trained weight in a checkpoint: itself and Adam's two."""


class Diverged(RtlgenError):
    """The loss is no number any more."""

    exit_code = 1


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Say what to do where memory, or the disk that `folder` is on, is too small.

    Raises:
        ModelFault: The device's memory is.
        EnvironmentFault: The disk is.
    """
    import safetensors  # noqa: PLC0415 - only where there is something to save

    try:
        yield
    except (RuntimeError, OSError, safetensors.SafetensorError) as error:
        said = str(error)
        if any(sign in said for sign in _MEMORY):
            raise ModelFault(
                f"the device has too little memory for this run: {first_line(error)}\n\n"
                "hint: halve trl.per_device_train_batch_size and double "
                "trl.gradient_accumulation_steps, set trl.gradient_checkpointing, or train `lora`"
            ) from error
        if any(sign in said for sign in _DISK):
            raise EnvironmentFault(
                f"cannot write in {folder}: {first_line(error)}\n\n"
                "hint: free some space; the same command goes on"
            ) from error
        raise


def check_disk(folder: Path, model: Any) -> None:  # noqa: ANN401 - torch is imported late
    """See that checkpoints of `model` and what it comes to fit into `folder`.

    Raises:
        EnvironmentFault: They do not.
    """
    needed, free = disk_needed(model), shutil.disk_usage(folder).free
    if needed > free:
        raise EnvironmentFault(
            f"a run needs {needed / 1e9:.1f} GB for checkpoints and model, {folder} has "
            f"{free / 1e9:.1f} GB\n\nhint: free some space, choose another -o, or train `lora`"
        )


def disk_needed(model: Any) -> int:  # noqa: ANN401
    """Return bytes of a run's folder at its largest."""
    weights = list(model.parameters())
    trained = sum(_bytes(each) for each in weights if each.requires_grad)
    return sum(map(_bytes, weights)) + _CHECKPOINTS * _ADAM * trained


def _bytes(weight: Any) -> int:  # noqa: ANN401 - torch is imported late
    return int(weight.numel() * weight.element_size())


def check_finite(step: int, metrics: Mapping[str, float]) -> None:
    """See that the loss is a number.

    Raises:
        Diverged: It is not.
    """
    if not math.isfinite(metrics.get("loss", 0.0)):
        raise Diverged(
            f"the loss must be finite, it is {metrics['loss']} at step {step}\n\n"
            "hint: lower trl.learning_rate, or set `dtype: float32`"
        )
