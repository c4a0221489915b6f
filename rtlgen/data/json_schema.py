"""The rows' schemas for readers without Python: JSON Schema, and a table of all columns."""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Container, Iterator
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from rtlgen.data.dataset_record import DatasetRecord, FileEntry, SourceEntry
from rtlgen.data.dropped import Dropped
from rtlgen.data.rows import ROWS, SCHEMA, Kind, Provenance, Row, Turn, VerdictColumns

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FILES: dict[str, type[BaseModel]] = {
    **{str(kind): row for kind, row in ROWS.items()},
    "dropped": Dropped,
    "dataset": DatasetRecord,
}
_PARTS = (Turn, VerdictColumns, Provenance, SourceEntry, FileEntry)
_HEAD = """# The columns of a dataset

Version {version}. `rtlgen dataset build` and `rtlgen dataset synth` write them, the JSON files here
are their JSON Schemas, and `rtlgen/data/rows.py` is where both come from:
`python tools/row_schemas.py` writes this folder, and a test fails where it is not current.

A dataset is a folder: `KIND/SPLIT.jsonl` and the same rows in `parquet/KIND/SPLIT.parquet`,
`dropped.jsonl` with what was left out, `dataset.json` with how it was made, the card `README.md`
and `plots/`. `datasets.load_dataset(DIR, KIND)` reads the Parquet files,
`datasets.load_dataset("DIR/KIND")` the others, with the same types.
`prompt`, `chosen`, `rejected`, `completion` and `label` are as TRL's trainers take them, in its
conversational format; the other columns say where a row comes from, and trainers ignore them.
"""


def files() -> Iterator[tuple[str, str]]:
    """Yield name and text of each file in `datasets/schema/`."""
    for name, model in _FILES.items():
        yield f"{name}.json", json.dumps(_schema(name, model), indent=2, ensure_ascii=False) + "\n"
    yield "README.md", _readme()


def _schema(name: str, model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    _describe(schema, model)
    for part in _PARTS:
        if part.__name__ in schema.get("$defs", {}):
            _describe(schema["$defs"][part.__name__], part)
    return {"$schema": DIALECT, "$comment": f"rtlgen {name}, version {SCHEMA}", **schema}


def _describe(schema: dict[str, Any], model: type[BaseModel]) -> None:
    told = descriptions(model)
    for column, of in schema["properties"].items():
        of.pop("title", None)
        if column in told:
            of["description"] = told[column]


def descriptions(model: type[BaseModel]) -> dict[str, str]:
    """Return what stands below each field in the source of a class and its bases."""
    found: dict[str, str] = {}
    for of in reversed(model.__mro__):
        if issubclass(of, BaseModel) and of.__module__.startswith("rtlgen."):
            found |= dict(_docstrings(of))
    return found


def _docstrings(of: type) -> Iterator[tuple[str, str]]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(of))).body[0]
    for field, below in pairwise(getattr(tree, "body", ())):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, " ".join(text.split())


def _readme() -> str:
    parts = [_HEAD.format(version=SCHEMA)]
    parts.append(_section("All rows", "What all rows begin with.", Row, ()))
    for kind in Kind:
        parts.append(_section(f"`{kind}`", ROWS[kind].__doc__ or "", ROWS[kind], Row.model_fields))
    for title, part in (
        ("A turn", Turn),
        ("A verdict", VerdictColumns),
        ("A provenance", Provenance),
        ("`dropped.jsonl`", Dropped),
        ("`dataset.json`", DatasetRecord),
        ("A source in `dataset.json`", SourceEntry),
        ("A file in `dataset.json`", FileEntry),
    ):
        parts.append(_section(title, part.__doc__ or "", part, ()))
    return "\n".join(parts)


def _section(title: str, text: str, model: type[BaseModel], known: Container[str]) -> str:
    told = descriptions(model)
    lines = [f"## {title}", "", text, "", "| column | type | |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        if name not in known:
            lines.append(f"| `{name}` | {_type(field.annotation)} | {told.get(name, '')} |")
    return "\n".join(lines) + "\n"


def _type(annotation: object) -> str:
    """Return a type as a table shows it."""
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    text = re.sub(r"\b(?:typing|rtlgen(?:\.\w+)*)\.", "", text)
    return text.replace("|", "or").replace("'", "")
