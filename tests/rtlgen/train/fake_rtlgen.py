"""Commands of rtlgen that cost nothing, and that can be killed before, in and after each half."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rtlgen import __version__
from rtlgen.data.dataset_record import DATASET, DatasetRecord
from rtlgen.data.rows import Kind, Split
from tests.evaluation.test_compare import run_of


class Killed(BaseException):
    """Stands for a process that is gone."""


@dataclass(slots=True)
class Fate:
    """Ends the process when it comes to its `last` moment."""

    last: int = 1 << 30
    moments: int = 0

    def moment(self) -> None:
        self.moments += 1
        if self.moments > self.last:
            raise Killed


def corpus(root: Path, count: int, *, family: str = "counter") -> Path:
    """A corpus as far as the loop looks into it: every design is told twice."""
    root.mkdir(parents=True)
    tasks = [f"{family}-{number:03}" for number in range(count)]
    for name in ("golden.jsonl", "problems.jsonl"):
        rows = [
            {"task_id": task, "family": family, "parameters": {"width": number // 2}}
            for number, task in enumerate(tasks)
        ]
        (root / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return root


@dataclass(slots=True)
class FakeRtlgen:
    """Runs commands in two halves, each noted in `ledger`; what was done stays done."""

    ledger: Path
    fate: Fate = field(default_factory=Fate)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    """By the name of a stage: what becomes of each sample, as `run_of` takes it."""
    codes: Mapping[str, int] = field(default_factory=dict)
    """By command: the exit code it ends with, having done nothing."""

    def __call__(self, argv: Sequence[str], log: Path) -> int:
        name = " ".join(argv[:2])
        log.parent.mkdir(parents=True, exist_ok=True)
        if name in self.codes:
            log.write_text("error: it does not work\n")
            return self.codes[name]
        target = Path(argv[argv.index("-o") + 1]) if "-o" in argv else log
        half, whole = (target.with_name(f".{part}-{target.name}") for part in ("half", "whole"))
        self.fate.moment()
        if whole.exists():
            return 0
        if not half.exists():
            half.parent.mkdir(parents=True, exist_ok=True)
            self._note(f"{name} first half of {target.name} below {target.parent.name}")
            half.touch()
        elif "eval" in argv and "--resume" not in argv:
            raise AssertionError("what was begun is to be resumed")
        self.fate.moment()
        self._note(f"{name} second half of {target.name} below {target.parent.name}")
        self._finish(argv, target)
        whole.touch()
        self.fate.moment()
        return 0

    def done(self) -> list[str]:
        return self.ledger.read_text().splitlines()

    def _note(self, text: str) -> None:
        with self.ledger.open("a") as file:
            file.write(text + "\n")

    def _finish(self, argv: Sequence[str], target: Path) -> None:
        match argv[0], argv[1]:
            case "eval", _:
                run_of(target, {task: self._outcome(argv) for task in "pqrs"}, ks=[1, 2])
            case "dataset", "synth":
                for part, family in (
                    ("held-out-families", "fifo"),
                    ("held-out-instances", "counter"),
                    ("sampling", "counter"),
                    ("train", "counter"),
                ):
                    corpus(target / part, 40, family=family)
            case "dataset", "build":
                _dataset(target, Kind(argv[argv.index("--kinds") + 1]))
            case "dataset", "check":
                target.write_text("{}\n")
            case "train", "gguf":
                target.write_bytes(b"GGUF")
            case "train", "base":
                target.mkdir(parents=True)
            case "train", _:
                assert Path(argv[2]).is_file()
                (target / "model").mkdir(parents=True)

    def _outcome(self, argv: Sequence[str]) -> str:
        target = Path(argv[argv.index("-o") + 1])
        return self.outcomes.get(target.parent.name, "+-")


def _dataset(target: Path, kind: Kind) -> None:
    target.mkdir(parents=True, exist_ok=True)
    record = DatasetRecord(
        rtlgen=__version__,
        name="rows",
        counts={kind: {Split.TRAIN: 7}},
        dropped={"contamination": 2},
        against=["verilog-eval-v1-human"],
    )
    (target / DATASET).write_text(record.model_dump_json())
