"""One round with a real model of some ten thousand weights, real training and real verdicts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from rtlgen.cli import app
from rtlgen.train.loop_report import LoopReport
from tests.evaluation.exploits.problems import SELECTOR, Dialect, header, problem, wrong
from tests.rtlgen.train import tiny

PROBLEM = problem(SELECTOR, Dialect.V2)


def write_corpus(root: Path) -> Path:
    """A corpus of one problem, its golden design and a slip."""
    root.mkdir()
    row = {
        "task_id": PROBLEM.task_id,
        "family": "selector",
        "parameters": {},
        "phrasing": "plain",
        "top": PROBLEM.top,
        "description": "Output y is the sum of a and b, or their difference where less is 1.",
        "header": header(SELECTOR, Dialect.V2),
        "test": PROBLEM.test,
        "reference": PROBLEM.reference,
        "golden": PROBLEM.golden,
        "seed": "1",
        "samples": 20,
    }
    (root / "problems.jsonl").write_text(json.dumps(row) + "\n")
    for name, text in (("golden", PROBLEM.golden), ("slips", wrong(SELECTOR, Dialect.V2))):
        sample = {"task_id": PROBLEM.task_id, "completion": text}
        (root / f"{name}.jsonl").write_text(json.dumps(sample) + "\n")
    return root


@pytest.mark.icarus
def test_one_round_for_real(tmp_path: Path) -> None:
    model = tiny.write_model(tmp_path / "model")
    (model / "rtlgen.json").write_text('{"prompt": "plain"}')
    root = write_corpus(tmp_path / "corpus")
    trl = {"max_steps": 1, "per_device_train_batch_size": 1, "learning_rate": 1e-3}
    config = {
        "model": "model",
        "prompts": {"name": "prompts", "root": "corpus"},
        "held_out": [{"name": "held-out", "root": "corpus"}],
        "sample": {"n": 2, "problems": 1, "max_tokens": 8},
        "evaluate": {"n": 1, "max_tokens": 8},
        "build": {"slips": True, "options": ["--validation", "0", "--test", "0"]},
        "train": {"method": "dpo", "trl": trl},
        "rounds": 1,
    }
    (tmp_path / "iterate.yaml").write_text(yaml.safe_dump(config))
    words = ["train", "iterate", str(tmp_path / "iterate.yaml"), "-o", str(tmp_path / "job")]
    done = CliRunner().invoke(app, [*words, "--in-process", "--json", "-q"])
    assert done.exit_code == 0, (done.output, done.exception)
    found = LoopReport.model_validate_json(done.stdout)
    assert [one.stage for one in found.results] == ["base", "round-1"]
    assert [one.decision.reason for one in found.rounds] == ["all rounds done"]
    assert found.datasets[0].rows["preference/train"] > 0
    assert (tmp_path / "job" / "rounds" / "1" / "run" / "model" / "rtlgen.json").is_file()
    again = CliRunner().invoke(app, [*words, "--in-process", "--json", "-q"])
    assert again.stdout == done.stdout
    assert root.is_dir()
