"""What would end a loop hours later is found before it begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from rtlgen.cli.train_loop_check import check_steps
from rtlgen.errors import UsageError
from rtlgen.train.loop_config import IterateConfig, LoopConfig, ProblemSet, read_loop_config

RECIPES = Path(__file__).parents[3] / "datasets" / "recipes"


@pytest.mark.parametrize("name", ["loop.yaml", "loop-smoke.yaml", "embedded.yaml"])
def test_recipes_have_steps_that_are_commands(tmp_path: Path, name: str) -> None:
    check_steps(tmp_path, read_loop_config(RECIPES / name, LoopConfig))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"corpus": {"options": ["--cannonical"]}}, r", corpus: .*--cannonical"),
        ({"sft_build": {"options": ["--pairs"]}}, r", sft/build: .*--pairs"),
        ({"evaluate": {"options": ["--workers", "many"]}}, r", evaluate/base/.*: .*--workers"),
        ({"sample": {"options": ["--shotz"]}}, r", rounds/1/sample: .*--shotz"),
        ({"build": {"options": ["--test", "2"]}}, r", rounds/1/build: .*--test"),
    ],
)
def test_options_of_later_steps(tmp_path: Path, values: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=rf"those of its command{said}.*\n\nhint: mend `options`"):
        check_steps(tmp_path, LoopConfig.model_validate(values))


@pytest.mark.parametrize("name", ["verilog-eval-v1-human", "corpus", "verilog-eval-v0"])
def test_problems_that_are_not_there(tmp_path: Path, name: str) -> None:
    human = ProblemSet(name="human", benchmark=name, root=str(tmp_path))
    with pytest.raises(UsageError, match=r", problem set 'human'\n\nhint: "):
        check_steps(tmp_path, LoopConfig(benchmarks=(human,)))
    held_out = ProblemSet(name="held-out", root=str(tmp_path))
    with pytest.raises(UsageError, match=r", problem set 'human'"):
        check_steps(tmp_path, IterateConfig(model="m", prompts=human, held_out=(held_out,)))
