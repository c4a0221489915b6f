"""Runs of a few steps on a model of some ten thousand weights."""

from __future__ import annotations

import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rtlgen.errors import UsageError
from rtlgen.llm.model import Message, ModelFault, Request, Sampling
from rtlgen.llm.style import style_in
from rtlgen.train.config import Method, read_config
from rtlgen.train.run import Outcome, train
from rtlgen.train.run_folder import read_log
from tests.rtlgen.train import tiny

ROOT = Path(__file__).parents[3]
QUICK = {"per_device_train_batch_size": 2, "logging_steps": 1, "learning_rate": 1e-2}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    """A model this small is not worth two."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def config(model: Path, tmp_path: Path) -> Callable[..., Path]:
    """Write a configuration for the rows of a method."""

    def write(rows: list[dict[str, Any]], steps: int = 2, **values: Any) -> Path:
        tiny.write_rows(tmp_path / "rows.jsonl", rows)
        trl = {**QUICK, "max_steps": steps, **values.pop("trl", {})}
        defaults = {"model": str(model), "data": "rows.jsonl", "dtype": "float32"}
        return tiny.write_config(tmp_path, **{**defaults, **values}, trl=trl)

    return write


def run(method: Method, path: Path, say: Callable[[str], None] = lambda _: None) -> Outcome:
    return train(method, read_config(path), path.parent / "run", say=say)


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return dict(load_file(folder / "model.safetensors"))


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    import torch

    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


def test_sft_trains_a_model_that_answers_at_once(
    config: Callable[..., Path], model: Path, tmp_path: Path
) -> None:
    from rtlgen.llm.transformers_local import LocalModel

    said: list[str] = []
    outcome = run(Method.SFT, config(tiny.sft_rows(), steps=3), said.append)
    record = outcome.record
    assert (record.status, record.steps) == ("done", 3)
    assert record.rows == {"read": 8, "kept": 8, "too_long": 0}
    assert record.chosen["bf16"] is False
    assert [line["step"] for line in read_log(tmp_path / "run") if "loss" in line] == [1, 2, 3]
    assert any("tokens/s" in line and "step 3/3" in line for line in said)
    assert (tmp_path / "run" / "plots" / "loss.svg").read_text().startswith("<?xml")
    assert not (tmp_path / "run" / "checkpoints").exists()
    assert style_in(outcome.model) == "plain"
    assert not same(weights(outcome.model), weights(model))

    local = LocalModel(str(outcome.model))
    request = Request(
        messages=(Message(role="user", content="a"),), sampling=Sampling(max_tokens=2)
    )
    ((_, answer),) = local.ask([request])
    local.close()
    assert answer.text is not None

    again = run(Method.SFT, tmp_path / "config.yaml", said.append)
    assert not again.trained
    assert said[-1].startswith("done before")


@pytest.mark.parametrize("method", [Method.SFT, Method.DPO])
def test_rows_of_the_validation_split_are_validated_on(
    method: Method, model: Path, tmp_path: Path
) -> None:
    kind, rows = (
        ("sft", tiny.sft_rows())
        if method is Method.SFT
        else (
            "preference",
            tiny.preference_rows(),
        )
    )
    folder = tmp_path / "dataset" / kind
    folder.mkdir(parents=True)
    tiny.write_rows(folder / "train.jsonl", rows)
    values = {"trl": {"max_steps": 2, "logging_steps": 1, "eval_strategy": "steps"}}
    values["trl"] |= {"eval_steps": 1}
    path = tiny.write_config(tmp_path, model=str(model), data=str(folder.parent), **values)
    with pytest.raises(UsageError, match=r"eval_strategy needs rows .*config\.yaml:\d+"):
        run(method, path)
    tiny.write_rows(folder / "validation.jsonl", rows[:3])
    outcome = run(method, path)
    losses = [line for line in read_log(tmp_path / "run") if "eval_loss" in line]
    assert [line["step"] for line in losses] == [1, 2]
    names = {Path(name).name for name in outcome.record.data}
    assert names == {"train.jsonl", "validation.jsonl"}
    assert outcome.record.rows["read"] == len(rows)


def test_a_run_that_was_stopped_comes_to_the_same_weights(
    config: Callable[..., Path], tmp_path: Path
) -> None:
    class Stopped(BaseException):
        pass

    def stop(line: str) -> None:
        if line.startswith("step 6/"):
            raise Stopped

    # 4 steps an epoch: it goes on in the middle of the second one.
    path = config(tiny.sft_rows(), steps=7, save_minutes=1e-9)
    with pytest.raises(Stopped) as stopped:
        run(Method.SFT, path, stop)
    assert "the same command goes on" in stopped.value.__notes__[0]
    half = tmp_path / "run" / "checkpoints" / "checkpoint-9"
    half.mkdir()  # as a kill leaves one
    (half / "model.safetensors").write_bytes(b"")
    said: list[str] = []
    resumed = run(Method.SFT, path, said.append)
    assert "goes on from step 5" in said
    assert resumed.record.resumed == 1
    steps = [line["step"] for line in read_log(tmp_path / "run") if "loss" in line]
    assert steps == [1, 2, 3, 4, 5, 6, 7]
    whole = train(Method.SFT, read_config(path), tmp_path / "whole", say=lambda _: None)
    assert same(weights(resumed.model), weights(whole.model))


@pytest.mark.parametrize("lora", [None, {"r": 2}])
def test_a_kill_while_the_model_is_saved(
    config: Callable[..., Path], tmp_path: Path, lora: Any
) -> None:
    path = config(tiny.sft_rows(), steps=3, keep_checkpoints=True, lora=lora)
    before = run(Method.SFT, path)
    kept = weights(before.model)
    (tmp_path / "run" / "model").rename(tmp_path / "run" / ".model.partial")
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    (tmp_path / "run" / "run.json").write_text(json.dumps({**record, "status": "running"}))
    again = run(Method.SFT, path)
    assert again.record.steps == 3
    assert same(weights(again.model), kept)
    steps = [line["step"] for line in read_log(tmp_path / "run") if "loss" in line]
    assert steps == [1, 2, 3]


def test_dpo_with_an_adapter_leaves_a_merged_model(
    config: Callable[..., Path], model: Path, tmp_path: Path
) -> None:
    import torch

    path = config(tiny.preference_rows(), steps=4, lora={"r": 2}, trl={"report_to": "tensorboard"})
    outcome = run(Method.DPO, path)
    log = [line for line in read_log(tmp_path / "run") if "loss" in line]
    assert log[-1]["rewards/margins"] > 0.01 > log[0]["rewards/margins"]
    before, after = weights(model), weights(outcome.model)
    changed = [key for key in before if not torch.equal(before[key], after[key])]
    assert changed
    assert all("proj" in key for key in changed)
    assert style_in(tmp_path / "run" / "adapter") == "plain"
    assert (tmp_path / "run" / "plots" / "margins.svg").exists()
    assert list((tmp_path / "run" / "tensorboard").glob("events.*"))
    trained = outcome.record.parameters
    assert 0 < trained["trained"] < trained["all"] / 4


def test_dpo_goes_on_with_the_adapter_of_sft(
    config: Callable[..., Path], model: Path, tmp_path: Path
) -> None:
    """The first loss is that of a policy equal to its reference: log 2."""
    first = run(Method.SFT, config(tiny.sft_rows(), lora={"r": 2}))
    adapter = tmp_path / "run" / "adapter"
    path = config(tiny.preference_rows(), steps=3, lora={"adapter": str(adapter)})
    second = train(Method.DPO, read_config(path), tmp_path / "dpo", say=lambda _: None)
    log = [line for line in read_log(tmp_path / "dpo") if "loss" in line]
    assert log[0]["loss"] == pytest.approx(math.log(2), abs=1e-4)
    assert log[-1]["loss"] < log[0]["loss"]
    assert sorted(each.name for each in (tmp_path / "dpo" / "adapter").glob("*.safetensors")) == [
        "adapter_model.safetensors"
    ]
    assert not (tmp_path / "dpo" / "adapter" / "ref").exists()
    assert json.loads((tmp_path / "dpo" / "adapter" / "adapter_config.json").read_text())["r"] == 2
    assert second.record.adapter_digest != first.record.adapter_digest == ""
    assert not same(weights(first.model), weights(second.model))
    assert not same(weights(model), weights(first.model))


def test_dpo_with_weights_of_pairs(config: Callable[..., Path]) -> None:
    rows = tiny.preference_rows()
    outcome = run(Method.DPO, config(rows, lora={"r": 2}, trl={"use_weighting": True}))
    assert outcome.record.steps == 2


def test_the_result_is_part_of_the_way_from_the_adapter(
    config: Callable[..., Path], tmp_path: Path
) -> None:
    import torch
    from safetensors.torch import load_file

    def trained(name: str, **lora: object) -> dict[str, Any]:
        path = config(tiny.sft_rows(), lora=lora)
        train(Method.SFT, read_config(path), tmp_path / name, say=lambda _: None)
        return load_file(tmp_path / name / "adapter" / "adapter_model.safetensors")

    start = trained("start", r=2)
    adapter = str(tmp_path / "start" / "adapter")
    end, part = trained("end", adapter=adapter), trained("part", adapter=adapter, way=0.25)
    assert any(not torch.equal(start[name], end[name]) for name in start)
    for name, weight in part.items():
        torch.testing.assert_close(weight, torch.lerp(start[name], end[name], 0.25))


def test_an_adapter_to_go_on_with_is_one(config: Callable[..., Path], tmp_path: Path) -> None:
    path = config(tiny.sft_rows(), lora={"adapter": str(tmp_path)})
    with pytest.raises(ModelFault, match=r"a folder with adapter_config\.json"):
        run(Method.SFT, path)
    path = config(tiny.sft_rows(), lora={"adapter": "x", "r": 8})
    with pytest.raises(UsageError, match="an adapter to go on with has its own r"):
        read_config(path)


def test_rows_that_are_too_long_are_left_out(config: Callable[..., Path]) -> None:
    said: list[str] = []
    path = config(tiny.sft_rows(), steps=1, trl={"max_length": 80})
    outcome = run(Method.SFT, path, said.append)
    kept, left = outcome.record.rows["kept"], outcome.record.rows["too_long"]
    assert kept + left == 8
    assert left > 0
    assert f"{kept} rows, {left} longer than 80 tokens left out" in said
    with pytest.raises(UsageError, match="a row of at most 3 tokens, all 8 are longer"):
        train(
            Method.SFT,
            read_config(path, ["trl.max_length=3"]),
            path.parent / "other",
            say=lambda _: None,
        )


def test_another_run_in_the_folder(config: Callable[..., Path], tmp_path: Path) -> None:
    path = config(tiny.sft_rows(), steps=1)
    run(Method.SFT, path)
    with pytest.raises(UsageError, match=r"another run: config\.seed was 1 and is 2\n\nhint"):
        run(Method.SFT, config(tiny.sft_rows(), steps=1, seed=2))
    with pytest.raises(UsageError, match=r"another run: data\..* was '"):
        run(Method.SFT, config(tiny.sft_rows(3), steps=1))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").touch()
    with pytest.raises(UsageError, match=r"must be empty, .*full has notes\.txt"):
        train(Method.SFT, read_config(path), tmp_path / "full", say=lambda _: None)
    with pytest.raises(UsageError, match="--resume needs a run"):
        train(Method.SFT, read_config(path), tmp_path / "new", say=lambda _: None, resume=True)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"trl": {"learning_rat": 1}},
            r"SFTConfig has no field 'learning_rat', .*:\d+\n\nhint: .*'l",
        ),
        (
            {"trl": {"output_dir": "x"}},
            r"trl\.output_dir is rtlgen's to set, .*\n\nhint: use .* -o",
        ),
        ({"trl": {"optim": "none"}}, r"refuses the values of trl: none is not a valid"),
        ({"trl": {"packing": True, "max_length": None}}, r"TRL refuses this run: When packing"),
        ({"trl": {"report_to": "comet_ml"}}, r"TRL refuses this run: .* comet-ml"),
        ({"trl": {"per_device_train_batch_size": 0}}, r"TRL refuses .*batch_size.*\.yaml:\d"),
        ({"trl": {"learning_rate": "fast"}}, r"TRL refuses this run: .*'str'.*\.yaml:\d"),
        ({"dtype": "bfloat16", "trl": {"learning_rate": "fast"}}, r"TRL refuses .*\.yaml:\d"),
        ({"rewards": ["share"]}, r"sft has no rewards, .*config\.yaml:\d"),
        ({"chat_template": "none.jinja"}, r"cannot read .*none\.jinja.*config\.yaml:\d"),
    ],
)
def test_what_cannot_be_trained(config: Callable[..., Path], values: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        run(Method.SFT, config(tiny.sft_rows(), **values))


def test_an_unknown_loss_is_told(config: Callable[..., Path]) -> None:
    path = config(tiny.preference_rows(), trl={"loss_type": "shape"})
    with pytest.raises(UsageError, match=r"TRL refuses this run: Unknown loss type: shape"):
        run(Method.DPO, path)


def test_packed_rows_do_not_see_each_other(config: Callable[..., Path], tmp_path: Path) -> None:
    """One line of two rows costs what two lines of one row cost."""
    losses = []
    for name, packing in (("packed", True), ("apart", False)):
        trl = {"max_length": 400, "per_device_train_batch_size": 2, "packing": packing}
        path = config(tiny.sft_rows(2), steps=1, trl=trl)
        train(Method.SFT, read_config(path), tmp_path / name, say=lambda _: None)
        losses += [line["loss"] for line in read_log(tmp_path / name) if "loss" in line]
    packed, apart = losses
    assert packed == pytest.approx(apart, rel=1e-5)


def test_a_run_that_trained_nothing_is_none(config: Callable[..., Path]) -> None:
    with pytest.raises(UsageError, match="TRL refuses this run"):
        run(Method.SFT, config(tiny.sft_rows(), trl={"report_to": "comet_ml"}))
    outcome = run(Method.SFT, config(tiny.sft_rows(4), steps=1))
    assert outcome.record.rows["read"] == 4


def test_no_model_and_an_unknown_reward(config: Callable[..., Path]) -> None:
    with pytest.raises(ModelFault, match="no model at"):
        run(Method.SFT, config(tiny.sft_rows(), model="./none.gguf"))
    with pytest.raises(UsageError, match=r"not 'shape', .*:\d\n\nhint: did you mean share"):
        run(Method.GRPO, config(tiny.sft_rows(), rewards=["shape"]))


def test_a_tokenizer_without_a_chat_template(config: Callable[..., Path], tmp_path: Path) -> None:
    bare = tiny.write_model(tmp_path / "bare", template=None)
    with pytest.raises(
        UsageError, match=r"no chat template, .*\n\nhint: set `chat_template: chatml"
    ):
        run(Method.SFT, config(tiny.sft_rows(), model=str(bare)))
    path = config(tiny.sft_rows(), steps=1, model=str(bare), chat_template="chatml")
    outcome = train(Method.SFT, read_config(path), tmp_path / "chatml", say=lambda _: None)
    assert "<|im_start|>" in (outcome.model / "chat_template.jinja").read_text()
    (tmp_path / "upper.jinja").write_text("{{ messages[-1].content | upper }}")
    path = config(tiny.sft_rows(), model=str(bare), chat_template="upper.jinja")
    with pytest.raises(
        UsageError, match=r"changes the answer, .*rows\.jsonl:1\n\nhint: set `chat_"
    ):
        train(Method.SFT, read_config(path), tmp_path / "upper", say=lambda _: None)


@contextmanager
def together(path: Path, folder: Path, processes: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Train by several processes, as launchers start them; they are killed in the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    common = {"WORLD_SIZE": str(processes), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    common |= {"CI": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "rtlgen", "train", "sft", str(path), "-o", str(folder)]
    children = []
    try:
        for rank in range(processes):
            own = {**os.environ, **common, "RANK": str(rank), "LOCAL_RANK": str(rank)}
            with (folder.parent / f"{rank}.txt").open("wb") as output:
                child = subprocess.Popen(command, cwd=ROOT, env=own, stdout=output, stderr=output)
            children.append(child)
        yield children
    finally:
        for child in children:
            child.send_signal(signal.SIGKILL)
            child.wait()


def test_two_processes_that_are_killed_go_on_as_one(
    config: Callable[..., Path], tmp_path: Path
) -> None:
    path = config(tiny.sft_rows(), steps=100_000, save_minutes=1e-9)
    with together(path, tmp_path / "run", 2) as children:
        deadline = time.monotonic() + 180
        while not list((tmp_path / "run").glob("checkpoints/*/complete")):
            assert all(child.poll() is None for child in children), "it ended by itself"
            assert time.monotonic() < deadline
            time.sleep(0.02)
    (first, *_) = read_log(tmp_path / "run")
    assert first["epoch"] == 0.5  # 2 rows each of 8
    assert "step 1/" in (tmp_path / "0.txt").read_text()
    assert (tmp_path / "1.txt").read_text() == ""
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["status"] == "running"
    marks = (tmp_path / "run").glob("checkpoints/*/complete")
    reached = max(int(mark.parent.name.rpartition("-")[2]) for mark in marks)
    # The number of steps belongs to the configuration; a run of fewer is another one.
    record["config"]["trl"]["max_steps"] = reached + 2
    (tmp_path / "run" / "run.json").write_text(json.dumps(record))
    said: list[str] = []
    shorter = config(tiny.sft_rows(), steps=reached + 2, save_minutes=1e-9)
    outcome = run(Method.SFT, shorter, said.append)
    assert f"goes on from step {reached}" in said
    assert outcome.record.steps == reached + 2
