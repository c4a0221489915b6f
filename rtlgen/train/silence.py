"""Libraries that would print, warn, and tell their makers that they are used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rtlgen.llm.transformers_load import quiet

_TENSORBOARD = "TENSORBOARD_LOGGING_DIR"
"""Without it TensorBoard's files go into the current folder."""
_QUIET = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRL_EXPERIMENTAL_SILENCE": "1",
}


@contextmanager
def silent() -> Iterator[None]:
    """Keep the libraries of training quiet, and from telling anybody what is trained.

    Warnings are hidden here only: they are for who writes a training script, and what
    they warn of is set by `rtlgen.train`.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    from huggingface_hub import constants  # noqa: PLC0415

    import datasets  # noqa: PLC0415 - takes seconds

    telling, constants.HF_HUB_DISABLE_TELEMETRY = constants.HF_HUB_DISABLE_TELEMETRY, True
    bars = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    try:
        with quiet():
            yield
    finally:
        constants.HF_HUB_DISABLE_TELEMETRY = telling
        if bars:
            datasets.enable_progress_bars()


@contextmanager
def tensorboard_in(folder: Path) -> Iterator[None]:
    """Let TensorBoard's files go into `folder`, unless the environment says where."""
    there = _TENSORBOARD in os.environ
    os.environ.setdefault(_TENSORBOARD, str(folder))
    try:
        yield
    finally:
        if not there:
            del os.environ[_TENSORBOARD]
