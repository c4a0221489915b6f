"""A trained adapter becomes the one of `--model embedded`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy
import pytest
from typer.testing import CliRunner

from rtlgen.cli import app
from rtlgen.embedded.files import MANIFEST, digest_of, embedded_files, read_manifest
from rtlgen.errors import UsageError
from rtlgen.train.pack import pack


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """A LoRA adapter of one matrix of SmolLM2-135M, as PEFT saves it."""
    from safetensors.numpy import save_file

    folder = tmp_path / "trained"
    folder.mkdir()
    name = "base_model.model.model.layers.3.self_attn.q_proj"
    shapes = {"A": (64, 576), "B": (576, 64)}
    draw = numpy.random.default_rng(1)
    tensors = {
        f"{name}.lora_{part}.weight": draw.normal(size=shape).astype(numpy.float32)
        for part, shape in shapes.items()
    }
    save_file(tensors, folder / "adapter_model.safetensors")
    config = {"peft_type": "LORA", "r": 64, "lora_alpha": 64}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    (folder / "rtlgen.json").write_text(json.dumps({"prompt": "plain"}))
    return folder


def test_what_is_packed_is_found(trained: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["train", "pack", str(trained), "-o", str(tmp_path / "made")])
    assert done.exit_code == 0, done.output
    found = embedded_files(folder=tmp_path / "made")
    assert found.digests["adapter"] == digest_of(tmp_path / "made" / "adapter.gguf")
    adapter = found.manifest.adapter
    assert adapter is not None
    assert (adapter.rank, adapter.stored, found.manifest.prompt) == (64, "q8_0", "plain")
    assert found.manifest.base == read_manifest().base
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["adapter.gguf", MANIFEST]


def test_matrices_are_stored_as_q8_0(trained: Path, tmp_path: Path) -> None:
    from gguf import GGUFReader

    pack(trained, tmp_path / "made")
    reader = GGUFReader(tmp_path / "made" / "adapter.gguf")
    assert {
        tensor.name: (tensor.tensor_type.name, tuple(map(int, tensor.shape)))
        for tensor in reader.tensors
    } == {
        "blk.3.attn_q.weight.lora_a": ("Q8_0", (576, 64)),
        "blk.3.attn_q.weight.lora_b": ("Q8_0", (64, 576)),
    }


def test_one_that_is_too_large_changes_nothing(trained: Path, tmp_path: Path) -> None:
    pack(trained, tmp_path / "made")
    before = (tmp_path / "made" / MANIFEST).read_bytes()
    with pytest.raises(
        UsageError, match=r"must have at most 0 MiB, .* has 0.1 MiB at rank 64\n\nhint: .*rank"
    ):
        pack(trained, tmp_path / "made", most=1000)
    assert (tmp_path / "made" / MANIFEST).read_bytes() == before
    assert embedded_files(folder=tmp_path / "made").adapter.is_file()


def test_a_folder_without_an_adapter(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*adapter_config.json"):
        pack(tmp_path, tmp_path / "made")
