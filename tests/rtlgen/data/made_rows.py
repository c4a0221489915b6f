"""Rows and datasets for tests, made up."""

from __future__ import annotations

from pathlib import Path

from rtlgen.data.dataset_record import DatasetRecord, SourceEntry
from rtlgen.data.normalize import digest, token_distance, tokens
from rtlgen.data.row_id import identified
from rtlgen.data.rows import (
    GrpoRow,
    Kind,
    PreferenceRow,
    Provenance,
    RepairRow,
    Row,
    SftRow,
    Turn,
    UnpairedRow,
    VerdictColumns,
)
from rtlgen.data.splits import split_of
from rtlgen.data.writers import DatasetWriter

SET = "made"


def spec(number: int) -> str:
    """A specification unlike those of other numbers."""
    words = [f"w{number}{part}" for part in "abcdefghijklmnopqrst"]
    return f"Invert bit {number} of the bus and hold {' '.join(words)}."


def right(number: int) -> str:
    return (
        f"module top(input clk, input [{number + 8}:0] a, output reg q{number});\n"
        f"  always @(posedge clk) q{number} <= ~a[{number}] ^ a[{number + 1}];\nendmodule\n"
    )


def wrong(number: int, sample: int = 0) -> str:
    extra = " | 1'b0" * sample
    return right(number).replace("~a", "a").replace("];\nend", f"]{extra};\nend")


def verdict(text: str, status: str) -> VerdictColumns:
    passed = status == "pass"
    return VerdictColumns(
        status="pass" if passed else "fail",
        category="pass" if passed else "runtime mismatch",
        share=1.0 if passed else 0.5,
        checks=100,
        judge="mismatch harness, Icarus Verilog 11.0",
        digest=digest(text),
    )


def provenance(sample: int = 0) -> Provenance:
    return Provenance(
        source="samples",
        name="made.jsonl",
        source_digest="0" * 32,
        sample=sample,
        model="made-model",
        temperature=0.8,
        licence="Apache-2.0",
        rtlgen="0.1.0",
    )


def _turn(role: str, text: str) -> list[Turn]:
    return [Turn(role=role, content=text)]  # type: ignore[arg-type]


def _head(number: int) -> dict[str, object]:
    return {
        "id": "",
        "problem_set": SET,
        "problem": f"p{number}",
        "family": f"family-{number}",
        "prompt": _turn("user", spec(number)),
    }


def pair(number: int, sample: int = 0, **changed: object) -> PreferenceRow:
    good, bad = right(number), wrong(number, sample)
    values = {
        **_head(number),
        "chosen": _turn("assistant", good),
        "rejected": _turn("assistant", bad),
        "chosen_verdict": verdict(good, "pass"),
        "rejected_verdict": verdict(bad, "fail"),
        "chosen_provenance": provenance(0),
        "rejected_provenance": provenance(sample + 1),
        "margin": 0.45,
        "distance": token_distance(tokens(good), tokens(bad)),
        "chosen_tokens": len(tokens(good)),
        "rejected_tokens": len(tokens(bad)),
        **changed,
    }
    return identified(PreferenceRow.model_validate(values))


def tuned(number: int, **changed: object) -> SftRow:
    good = right(number)
    values = {
        **_head(number),
        "completion": _turn("assistant", good),
        "spec": spec(number),
        "rtl": good,
        "tests": "module tb; endmodule",
        "verdict": verdict(good, "pass"),
        "provenance": provenance(),
        "tokens": len(tokens(good)),
        **changed,
    }
    return identified(SftRow.model_validate(values))


def repair(number: int) -> RepairRow:
    good, bad = right(number), wrong(number)
    return identified(
        RepairRow.model_validate(
            {
                **_head(number),
                "completion": _turn("assistant", good),
                "wrong": bad,
                "right": good,
                "evidence": "first mismatch at time 5",
                "kind": "functional",
                "wrong_verdict": verdict(bad, "fail"),
                "right_verdict": verdict(good, "pass"),
                "wrong_provenance": provenance(1),
                "right_provenance": provenance(0),
                "distance": 0.1,
            }
        )
    )


def asked(number: int) -> GrpoRow:
    values = {**_head(number), "reward_data": "{}", "samples": 0}
    return identified(GrpoRow.model_validate(values))


def single(number: int, *, label: bool = True, **changed: object) -> UnpairedRow:
    text = right(number) if label else wrong(number)
    values = {
        **_head(number),
        "completion": _turn("assistant", text),
        "label": label,
        "verdict": verdict(text, "pass" if label else "fail"),
        "provenance": provenance(),
        "tokens": len(tokens(text)),
        **changed,
    }
    return identified(UnpairedRow.model_validate(values))


def record(**changed: object) -> DatasetRecord:
    values = {
        "rtlgen": "0.1.0",
        "name": "made",
        "title": "Made rows",
        "licence": "Apache-2.0",
        "sources": [SourceEntry(kind="samples", name="made.jsonl", digest="0" * 32)],
        "options": {"min-margin": 0.1},
        "verdicts": {"pass": 10, "runtime mismatch": 9, "not judged": 1},
        **changed,
    }
    return DatasetRecord.model_validate(values)


def rows(number: int) -> list[tuple[Kind, Row]]:
    """A row of each kind."""
    return [
        (Kind.PREFERENCE, pair(number)),
        (Kind.SFT, tuned(number)),
        (Kind.REPAIR, repair(number)),
        (Kind.GRPO, asked(number)),
        (Kind.UNPAIRED, single(number)),
    ]


def dataset(folder: Path, *, problems: int = 40, **changed: object) -> Path:
    """Write a dataset of a row of each kind for each problem."""
    with DatasetWriter(folder) as writer:
        for number in range(problems):
            for kind, row in rows(number):
                writer.write(kind, split_of(row.family), row)
        writer.finish(record(**changed))
    return folder
