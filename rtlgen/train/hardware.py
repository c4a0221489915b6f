"""What this machine computes fast, and what follows for training."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

_CPU_FLAGS = ("amx_bf16", "avx512_bf16")
"""Flags of x86 processors that multiply bfloat16 matrices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """Where a model is trained."""

    device: str
    """`cpu` or `cuda`."""
    name: str
    bfloat16: bool
    """Whether it computes with bfloat16 at full speed."""
    processors: int
    memory: int
    """Of the device, in bytes; 0 where nobody says."""

    def dtype(self, wanted: str, *, full: bool) -> str:
        """Return the type of the weights for a wish that may be `auto`.

        Args:
            wanted: `auto`, `bfloat16` or `float32`.
            full: Whether all weights are trained: a GPU then keeps them in float32 and
                computes in bfloat16 by autocast, which is slow on a CPU.
        """
        if wanted != "auto":
            return wanted
        if not self.bfloat16 or (full and self.device == "cuda"):
            return "float32"
        return "bfloat16"


def look() -> Hardware:
    """Return what torch finds here."""
    import torch  # noqa: PLC0415 - takes seconds

    if torch.cuda.is_available():
        return Hardware(
            device="cuda",
            name=torch.cuda.get_device_name(0),
            bfloat16=bool(torch.cuda.is_bf16_supported(including_emulation=False)),
            processors=processors(),
            memory=int(torch.cuda.get_device_properties(0).total_memory),
        )
    flags = _cpu_flags()
    return Hardware(
        device="cpu",
        name=platform.processor() or platform.machine(),
        bfloat16=any(flag in flags for flag in _CPU_FLAGS),
        processors=processors(),
        memory=os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
    )


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cpu_flags() -> frozenset[str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return frozenset()
    lines = (line for line in text.splitlines() if line.startswith("flags"))
    return frozenset(next(lines, "").partition(":")[2].split())
