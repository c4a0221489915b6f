"""Settings: who wins, where a value came from, and what is refused without being shown."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from pydantic import ValidationError

from rtlgen.errors import UsageError
from rtlgen.llm.config import Settings, find_file, option_of, read_settings
from rtlgen.llm.model import Sampling

FILE = """\
[model]
name = "openai:file"
base_url = "http://localhost:8000/v1"
temperature = 0
price = { prompt = 1, completion = 2.5 }

[budget]
tokens = 1000
cost = 0.5

[design]
candidates = 8
style = "reasoning"
"""
SECRET = "sk-hidden-0123456789"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project's folder; the search for the file ends in it."""
    (tmp_path / ".git").mkdir()
    return tmp_path


def read(folder: Path, text: str = "", **environment: str) -> Settings:
    (folder / "rtlgen.toml").write_text(text)
    return read_settings(environment=environment, folder=folder)


def test_nothing_is_set(folder: Path) -> None:
    settings = read_settings({"model.name": None}, environment={}, folder=folder)
    assert settings.model.name is None
    assert settings.explain("model.name") == "None (default)"
    assert settings.budget.chosen() == {}
    assert settings.sampling() == Sampling()


def test_file_is_read_and_named(folder: Path) -> None:
    settings = read(folder, FILE)
    place = folder / "rtlgen.toml"
    assert settings.explain("model.name") == f"openai:file ({place})"
    assert settings.model.price is not None
    assert settings.model.price.chosen() == {"completion": 2.5, "prompt": 1.0}
    assert settings.budget.chosen() == {"cost": 0.5, "tokens": 1000}
    assert settings.design.chosen() == {"candidates": 8, "style": "reasoning"}
    assert settings.sampling() == dataclasses.replace(Sampling(), temperature=0.0)


def test_command_line_wins_over_environment_over_file(folder: Path) -> None:
    (folder / "rtlgen.toml").write_text(FILE)
    options = {"model.name": "openai:typed", "budget.tokens": 5, "budget.cost": None}
    environment = {"RTLGEN_MODEL": "openai:var", "RTLGEN_BASE_URL": "http://var/v1"}
    settings = read_settings(options, environment=environment, folder=folder)
    assert settings.explain("model.name") == "openai:typed (--model)"
    assert settings.explain("model.base_url") == "http://var/v1 (RTLGEN_BASE_URL)"
    assert settings.budget.chosen() == {"cost": 0.5, "tokens": 5}
    assert settings.origin("budget.tokens") == "--budget-tokens"
    assert settings.origin("budget.cost") == str(folder / "rtlgen.toml")
    assert settings.origin("design.rounds") == ""


def test_empty_variable_sets_nothing(folder: Path) -> None:
    assert read(folder, FILE, RTLGEN_MODEL=" ").model.name == "openai:file"


def test_options_are_named_as_they_are_typed() -> None:
    assert option_of("model.name") == "--model"
    assert option_of("model.max_tokens") == "--max-tokens"
    assert option_of("design.min_trust") == "--min-trust"
    assert option_of("budget.seconds") == "--budget-seconds"


def test_file_is_looked_for_above_but_not_beyond_the_project(tmp_path: Path) -> None:
    inner = tmp_path / "project" / "a" / "b"
    inner.mkdir(parents=True)
    outside = tmp_path / "rtlgen.toml"
    outside.write_text("")
    assert find_file(inner) == outside
    (tmp_path / "project" / ".git").touch()
    assert find_file(inner) is None
    inside = tmp_path / "project" / "rtlgen.toml"
    inside.write_text("")
    assert find_file(inner) == inside


def test_file_is_not_looked_for_above_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rtlgen.toml").write_text("")
    home = tmp_path / "home"
    (home / "work").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    assert find_file(home / "work") is None
    (home / "rtlgen.toml").write_text("")
    assert find_file(home / "work") == home / "rtlgen.toml"


def test_paths_in_the_file_are_relative_to_it(folder: Path) -> None:
    (folder / "weights").mkdir()
    (folder / "inner").mkdir()
    for text, name in [
        ("replay:s.jsonl", f"replay:{folder}/s.jsonl"),
        ("scripted:/a/s.yaml", "scripted:/a/s.yaml"),
        ("hf:weights", f"hf:{folder}/weights"),
        ("hf:Qwen/Qwen3-0.6B", "hf:Qwen/Qwen3-0.6B"),
        ("openai:weights", "openai:weights"),
    ]:
        (folder / "rtlgen.toml").write_text(f'[model]\nname = "{text}"\nadapter = "lora"\n')
        settings = read_settings(environment={}, folder=folder / "inner")
        assert settings.model.name == name
        assert settings.model.adapter == str(folder / "lora")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[model]\ntemperature = 3\n", "model.temperature must be at most 2, not 3"),
        ("[model]\ntemperature = true\n", "model.temperature must be a valid number"),
        ("[model]\ntop_p = 0\n", "model.top_p must be more than 0, not 0"),
        ("[model]\nmax_tokens = 0.5\n", "model.max_tokens must be a valid integer, not 0.5"),
        ("[model]\ntimeout = inf\n", "model.timeout must be a finite number, not inf"),
        ("[model]\nname = ''\n", "model.name must not be empty"),
        ("[model]\nname = 5\n", "model.name must be a text, not 5"),
        ("[model]\nprice = {prompt = 1}\n", "model.price.completion must be there"),
        ("[model]\nprice = 5\n", "model.price must be a table, not 5"),
        ("[budget]\ntokens = -1\n", "budget.tokens must be at least 1, not -1"),
        (
            "[design]\nstyle = 'terse'\n",
            "design.style must be 'direct' or 'reasoning', not 'terse'",
        ),
        ("[design]\nexamples = 9\n", "design.examples must be at most 4, not 9"),
        ("[design]\ncandidates = 0\n", "design.candidates must be at least 1, not 0"),
        ("[design]\ncandidates = 9999\n", "design.candidates must be at most 1000, not 9999"),
        ("[design]\nrounds = 9999\n", "design.rounds must be at most 1000, not 9999"),
        ("model = 3\n", "model must be a table, not 3"),
        ("[model]\nnmae = 'x'\n", r"no setting is called model.nmae, .*\n\n.*did you mean 'name'"),
        ("[modle]\n", r"no setting is called modle, .*\n\n.*did you mean 'model'"),
        ("origins = {}\n", "no setting is called origins"),
        ("[model]\nname = x\n", r"rtlgen\.toml must be TOML: .*line 2"),
        ("a = " + "[" * 3000, "must be TOML"),
        ("#" * 70_000, "must have at most 64 KiB"),
    ],
)
def test_bad_value_is_named_with_file_and_remedy(folder: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        read(folder, text)
    assert str(folder / "rtlgen.toml") in str(refused.value)
    assert "\n\nhint: " in str(refused.value)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[model]\napi_key = '{}'\n", r"a key must not stand in rtlgen\.toml, .*: api_key"),
        ("[model]\nkey = '{}'\n", "a key must not stand in"),
        ("[model]\nOPENAI_API_KEY = '{}'\n", "a key must not stand in"),
        ("[budget]\ntoken = '{}'\n", "a key must not stand in"),
        ("api-key = '{}'\n", "a key must not stand in"),
        ("[secret]\nx = '{}'\n", "no setting is called secret"),
        ("[model]\nkey_variable = '{}'\n", "must be the name of an environment variable"),
        ("[model]\nbase_url = 'http://me:{}@host/v1'\n", "must hold no user, password or query"),
        ("[model]\nbase_url = 'https://host/v1?key={}'\n", "must hold no user, password or query"),
        ("[model]\nbase_url = '{}'\n", "must be an address such as"),
        ("[model]\ntemperature = '{}'\n", "must be a valid number"),
        ("[model]\nprice = '{}'\n", "must be a table"),
        ("[model]\nprice = {{prompt = 1, completion = 1, key = '{}'}}\n", "no setting is called"),
        ("model = '{}'\n", "must be a table"),
        ("[model]\nname = {}\n", "must be TOML"),
        ("{}\n", "must be TOML"),
    ],
)
def test_key_in_the_file_is_refused_and_not_shown(folder: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        read(folder, text.format(SECRET))
    assert SECRET not in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_bad_option_and_variable_are_named_as_such(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"^--top-p must be at most 1, not 2\.0\n"):
        read_settings({"model.top_p": 2.0}, environment={}, folder=folder)
    with pytest.raises(UsageError, match=r"must be an address .*, RTLGEN_BASE_URL\n\nhint: unset"):
        read(folder, "", RTLGEN_BASE_URL="localhost:8000")


def test_file_that_cannot_be_trusted_or_read(folder: Path) -> None:
    path = folder / "rtlgen.toml"
    path.write_text("")
    path.chmod(0o666)
    with pytest.raises(UsageError, match=r"must not be writable by everybody.*\n\nhint: chmod o-w"):
        read_settings(environment={}, folder=folder)
    path.chmod(0o600)
    path.write_bytes(b"a = '\xff'")
    with pytest.raises(UsageError, match="must be TOML: it is not UTF-8"):
        read_settings(environment={}, folder=folder)


def test_settings_cannot_be_changed(folder: Path) -> None:
    settings = read(folder, FILE)
    with pytest.raises(ValidationError, match="frozen"):
        settings.model.name = "other"
