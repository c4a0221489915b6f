"""From a model's name to the model, or a line that says what was meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rtlgen.errors import UsageError
from rtlgen.llm.choose import choose_model
from rtlgen.llm.config import Settings, read_settings
from rtlgen.llm.model import ModelFault
from rtlgen.llm.openai_server import OpenAIServer
from rtlgen.llm.replay import Replay
from rtlgen.llm.scripted import Scripted
from rtlgen.llm.transformers_local import LocalModel


def settings(folder: Path, **options: Any) -> Settings:
    (folder / ".git").mkdir(exist_ok=True)
    named = {f"model.{name}": value for name, value in options.items()}
    return read_settings(named, environment={}, folder=folder)


def test_a_bad_name_is_told_with_its_place(tmp_path: Path) -> None:
    chosen = settings(tmp_path, name="gpt-5")
    with pytest.raises(UsageError, match=r"not 'gpt-5', --model\n\nhint: .*'openai:gpt-5'"):
        choose_model(chosen.model.name, settings=chosen)
    (tmp_path / ".git").mkdir(exist_ok=True)
    chosen = read_settings({}, environment={"RTLGEN_MODEL": "gpt-5"}, folder=tmp_path)
    with pytest.raises(UsageError, match="not 'gpt-5', RTLGEN_MODEL\n"):
        choose_model(chosen.model.name, settings=chosen)


def test_built_in_is_no_model(tmp_path: Path) -> None:
    assert choose_model(None, settings=settings(tmp_path)) is None
    assert choose_model("builtin", settings=settings(tmp_path)) is None


def test_files_are_read_at_once(tmp_path: Path) -> None:
    samples = tmp_path / "s.jsonl"
    samples.write_text(json.dumps({"completion": "x"}))
    replay = choose_model(f"replay:{samples}", settings=settings(tmp_path))
    assert isinstance(replay, Replay)
    assert replay.name == f"replay:{samples}"
    script = tmp_path / "s.yaml"
    script.write_text("propose: [x]")
    assert isinstance(choose_model(f"scripted:{script}", settings=settings(tmp_path)), Scripted)
    with pytest.raises(UsageError, match="is not there"):
        choose_model("replay:absent.jsonl", settings=settings(tmp_path))


def test_server_gets_its_settings(tmp_path: Path) -> None:
    chosen = settings(
        tmp_path,
        base_url="http://127.0.0.1:9/v1",
        key_variable="NO_SUCH_VARIABLE",
        concurrency=3,
        timeout=5.0,
    )
    model = choose_model("openai:a/b:c", settings=chosen)
    assert isinstance(model, OpenAIServer)
    assert model.name == "openai:a/b:c"
    model.close()


def test_local_model_gets_its_settings(garbage_model: Path, tmp_path: Path) -> None:
    model = choose_model(f"hf:{garbage_model}", settings=settings(tmp_path, concurrency=2))
    assert isinstance(model, LocalModel)
    assert model.name == f"hf:{garbage_model}"
    with pytest.raises(ModelFault, match="is no adapter"):
        choose_model(f"hf:{garbage_model}", settings=settings(tmp_path, adapter=str(tmp_path)))
    with pytest.raises(ModelFault, match="is no model"):
        choose_model(f"hf:{tmp_path}", settings=settings(tmp_path))


def test_local_model_computes_in_the_type_that_is_asked_for(
    garbage_model: Path, tmp_path: Path
) -> None:
    narrow = settings(tmp_path, dtype="bfloat16")
    model = choose_model(f"hf:{garbage_model}", settings=narrow)
    assert model is not None
    assert model.name == f"hf:{garbage_model} (bfloat16)"
    with pytest.raises(
        UsageError, match=r"--dtype must come with a model hf:\.\.\., not with open"
    ):
        choose_model("openai:gpt-5", settings=narrow)
    with pytest.raises(UsageError, match=r"--dtype must be .*'float32'.*'bfloat16'"):
        settings(tmp_path, dtype="int4")


def test_the_packaged_model_has_a_name(tmp_path: Path) -> None:
    model = choose_model("hf:smollm2", settings=settings(tmp_path))
    assert isinstance(model, LocalModel)
    assert model.name.endswith(".gguf")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("opnai:gpt-5", "did you mean 'openai:gpt-5'"),
        ("OpenAI:gpt-5", "did you mean 'openai:gpt-5'"),
        ("HF:x/y", "did you mean 'hf:x/y'"),
        ("built-in", "did you mean 'builtin'"),
        ("builtin:x", "did you mean 'builtin'"),
        ("embeded", "did you mean 'embedded'"),
        ("embedded:x", "did you mean 'embedded'"),
        ("gpt-5", "did you mean 'openai:gpt-5'"),
        ("openai", "did you mean|name what comes"),
        ("openai:", "name what comes after `openai:`"),
        ("hf: ", "name what comes after `hf:`"),
        ("runs/s.jsonl.gz", "did you mean 'replay:runs/s.jsonl.gz'"),
        ("m.gguf", "did you mean 'gguf:m.gguf'"),
        ("s.yaml", "did you mean 'scripted:s.yaml'"),
        ("/tmp", "did you mean 'hf:/tmp'"),
        ("", "did you mean"),
    ],
)
def test_unknown_name_lists_what_there_is(tmp_path: Path, text: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"hint: .*{hint}") as refused:
        choose_model(text, settings=settings(tmp_path))
    forms = "openai:MODEL, hf:PATH_OR_ID, gguf:FILE, replay:FILE, scripted:FILE, embedded, builtin"
    assert forms in str(refused.value)
    assert refused.value.exit_code == 2


def test_key_in_place_of_a_model_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="looks like a key") as refused:
        choose_model("sk-hidden", settings=settings(tmp_path))
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "option", "message"),
    [
        ("hf:x/y", {"base_url": "http://h/v1"}, "--base-url must come with a model openai:"),
        (
            "openai:x",
            {"adapter": "a"},
            "--adapter must come with a model hf:... or gguf:... or embedded, not with openai",
        ),
        (
            None,
            {"adapter": "a"},
            "--adapter must come with a model hf:... or gguf:... or embedded, not with builtin",
        ),
        ("replay:x", {"key_variable": "KEY"}, "--key-variable must come with a model openai:"),
    ],
)
def test_option_of_another_kind_of_model_is_refused(
    tmp_path: Path, text: str | None, option: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        choose_model(text, settings=settings(tmp_path, **option))


def test_setting_of_another_kind_of_model_may_wait_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "rtlgen.toml").write_text('[model]\nbase_url = "http://h/v1"\nadapter = "a"\n')
    assert choose_model("builtin", settings=settings(tmp_path)) is None
