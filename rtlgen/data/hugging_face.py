"""What `datasets.load_dataset` reads beside the rows: files by split, and the types of columns.

Parquet files say their types themselves. JSON Lines do not: a column that is null
in all rows of a file would be taken for one that is always null. So the types stand in
`DIR/KIND/.huggingface.yaml`, and `load_dataset("DIR/KIND")` gives what
`load_dataset(DIR, KIND)` gives.

What was loaded once is kept by the name of its folder and what the YAML says of it, not by where
it lies or what is in its files: so each configuration says the digest of its rows, or a dataset
would be taken for any other one whose folder has its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import pyarrow as pa
import yaml

from rtlgen.data.dataset_record import FileEntry
from rtlgen.data.parquet import schema_of
from rtlgen.data.rows import Kind, Split

LINES_YAML: Final = ".huggingface.yaml"
"""Name of the file in the folder of a kind's JSON Lines."""
_NAMES = {pa.float64(): "float64", pa.bool_(): "bool"}


def description(kind: Kind, files: Mapping[str, FileEntry]) -> str:
    """Return what tells a kind's rows from those of another dataset; `files` as the record's."""
    own = (files[name].sha256 for name in sorted(files) if name.startswith(f"{kind}/"))
    return f"SHA-256 {hashlib.sha256(' '.join(own).encode()).hexdigest()}"


def lines_yaml(kind: Kind, splits: Iterable[Split], described: str) -> str:
    """Return what stands in the file of a kind that has these splits."""
    files = [{"split": str(split), "path": f"{split}.jsonl"} for split in splits]
    values = {
        "configs": [{"config_name": str(kind), "description": described, "data_files": files}],
        "dataset_info": [{"config_name": str(kind), "features": features(schema_of(kind))}],
    }
    return yaml.safe_dump(values, sort_keys=False)


def features(fields: Iterable[pa.Field]) -> list[dict[str, Any]]:
    """Return columns as a Hugging Face card lists them."""
    return [{"name": field.name, **_feature(field.type)} for field in fields]


def _feature(of: pa.DataType) -> dict[str, Any]:
    if pa.types.is_struct(of):
        return {"struct": features(of)}
    if pa.types.is_list(of):
        inner = _feature(of.value_type)
        return {"list": inner.get("struct", inner.get("dtype"))}
    return {"dtype": _NAMES.get(of, str(of))}
