"""What a configuration may say, and what is said of one that may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from rtlgen.data.rows import Kind
from rtlgen.errors import UsageError
from rtlgen.train.config import Lora, read_config


def _written(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_and_what_was_set(tmp_path: Path) -> None:
    path = _written(tmp_path, "model: m\ndata: d\nlora:\n  r: 4\nkinds: [sft, repair]\n")
    placed = read_config(path)
    assert placed.config.data == ("d",)
    assert placed.config.lora == Lora(r=4)
    assert placed.config.kinds == (Kind.SFT, Kind.REPAIR)
    assert placed.config.loss_on == "body"
    assert placed.place("lora.r") == f"{path}:4"
    assert placed.place("lora.alpha") == f"{path}:3"
    assert placed.path("d") == tmp_path / "d"


def test_trl_passes_unchanged_but_for_numbers_that_yaml_takes_for_texts(tmp_path: Path) -> None:
    text = "model: m\ndata: d\ntrl:\n  learning_rate: 1e-4\n  adam: [2e-3, x1e-4]\n"
    placed = read_config(_written(tmp_path, text))
    assert placed.config.trl == {"learning_rate": 1e-4, "adam": [2e-3, "x1e-4"]}


def test_the_command_line_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    path = _written(tmp_path, "model: m\ndata: d\ntrl:\n  max_steps: 1\n")
    placed = read_config(path, ["trl.max_steps=2", "data=here", "lora.r=3", "model=org/name"])
    assert placed.config.trl == {"max_steps": 2}
    assert placed.config.data == (str(tmp_path / "here"),)
    assert placed.config.lora == Lora(r=3)
    assert placed.config.model == "org/name"
    assert placed.place("trl.max_steps") == "--set trl.max_steps"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model: m\n", r"must say data, .*config\.yaml\n\nhint: add `data"),
        ("model: m\ndata: d\nlorra: 1\n", r"no field 'lorra', .*:3\n\nhint: did you mean 'lora'"),
        ("model: m\ndata: d\nlora:\n  rank: 1\n", r"lora has no field 'rank', .*:4"),
        ("model: m\ndata: d\nlora:\n  r: 0\n", r"lora\.r must be greater .*, not 0, .*:4"),
        ("model: m\ndata: d\nseed: -1\n", r"seed must be greater than or equal to 0, not -1, .*:3"),
        (
            "model: m\ndata: d\nloss_on: all\n",
            r"loss_on must be 'body' or .*'all', .*:3\n\nhint: `bo",
        ),
        ("model: m\ndata: d\nlonger: {than: 9}\n", r"`longer` .*: set `examples`, .*config\.yaml"),
        ("model: [m\n", r"must be YAML: .*config\.yaml:2"),
        ("- m\n", r"must be a table of keys and values, .*:1"),
    ],
)
def test_what_cannot_be(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_config(_written(tmp_path, text))


def test_no_file_and_no_text(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no configuration at"):
        read_config(tmp_path / "none.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match=r"must be UTF-8, .*bytes\.yaml"):
        read_config(tmp_path / "bytes.yaml")


@pytest.mark.parametrize(
    ("text", "said"), [("trl", "must be KEY=VALUE"), ("a..b=1", "KEY=VALUE"), ("a=[", "in YAML")]
)
def test_set_must_be_a_key_and_a_value(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_config(_written(tmp_path, "model: m\ndata: d\n"), [text])


def test_an_adapter_to_go_on_with_is_recorded_without_defaults_that_do_not_hold() -> None:
    assert Lora(adapter="a").model_dump() == {"adapter": "a"}
    assert Lora(r=4).model_dump()["r"] == 4
    assert Lora.model_validate(Lora(adapter="a").model_dump()) == Lora(adapter="a")
