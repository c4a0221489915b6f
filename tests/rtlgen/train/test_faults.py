"""What ends a run although its configuration is right, and the recipes that come with it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from rtlgen.llm.model import ModelFault
from rtlgen.train.arguments import check_keys
from rtlgen.train.config import Method, read_config
from rtlgen.train.faults import Diverged, check_disk, check_finite, disk_needed, told
from sim.errors import EnvironmentFault

RECIPES = Path(__file__).parents[3] / "datasets" / "recipes"


@pytest.mark.parametrize(
    ("text", "fault", "said"),
    [
        ("CUDA out of memory. Tried", ModelFault, "too little memory .*\n\nhint: halve trl.per_"),
        ("[enforce fail] . PytorchStreamWriter failed writing file", EnvironmentFault, "cannot wr"),
        ("I/O error: No space left on device (os error 28)", EnvironmentFault, "hint: free some"),
        ("mat1 and mat2 shapes cannot be multiplied", RuntimeError, "^mat1 and mat2"),
    ],
)
def test_memory_and_disk(text: str, fault: type[Exception], said: str) -> None:
    with pytest.raises(fault, match=said), told(Path("run")):
        raise RuntimeError(text)


def test_a_full_disk_is_named_with_the_file(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "run/log.jsonl")
    said = r"in .*: .*No space .*'run/log\.jsonl'"
    with pytest.raises(EnvironmentFault, match=said), told(tmp_path):
        raise full
    with pytest.raises(PermissionError), told(tmp_path):
        raise PermissionError


def test_a_loss_that_is_no_number() -> None:
    check_finite(3, {"loss": 1.0, "grad_norm": float("nan")})
    with pytest.raises(Diverged, match=r"must be finite, it is nan at step 3\n\nhint: lower"):
        check_finite(3, {"loss": float("nan")})


class Weight:
    def __init__(self, numbers: int, *, requires_grad: bool) -> None:
        self.numbers, self.requires_grad = numbers, requires_grad

    def numel(self) -> int:
        return self.numbers

    def element_size(self) -> int:
        return 2


class Model:
    def __init__(self, *weights: Weight) -> None:
        self.weights = weights

    def parameters(self) -> tuple[Weight, ...]:
        return self.weights


def test_the_disk_is_looked_at_before(tmp_path: Path) -> None:
    small = Model(Weight(100, requires_grad=False), Weight(10, requires_grad=True))
    assert disk_needed(small) == 220 + 3 * 3 * 20
    check_disk(tmp_path, small)
    with pytest.raises(EnvironmentFault, match=r"a run needs 18000000.* GB .*\n\nhint: free some"):
        check_disk(tmp_path, Model(Weight(9 * 10**17, requires_grad=True)))


@pytest.mark.parametrize(
    ("name", "method"),
    [("sft_smollm2", Method.SFT), ("dpo_smollm2", Method.DPO), ("grpo", Method.GRPO)],
)
def test_recipes_say_what_trl_knows(name: str, method: Method) -> None:
    check_keys(method, read_config(RECIPES / f"{name}.yaml"))
