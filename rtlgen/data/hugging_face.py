"""What `datasets.load_dataset` reads beside the rows: files by split, and the types of columns.

Parquet files say their types themselves. JSON Lines do not: a column that is null
in all rows of a file would be taken for one that is always null. So the types stand in
`DIR/KIND/.huggingface.yaml`, and `load_dataset("DIR/KIND")` gives what
`load_dataset(DIR, KIND)` gives.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pyarrow as pa
import yaml

from rtlgen.data.parquet import schema_of
from rtlgen.data.rows import Kind, Split

LINES_YAML: Final = ".huggingface.yaml"
"""Name of the file in the folder of a kind's JSON Lines."""
_NAMES = {pa.float64(): "float64", pa.bool_(): "bool"}


def lines_yaml(kind: Kind, splits: Iterable[Split]) -> str:
    """Return what stands in the file of a kind that has these splits."""
    files = [{"split": str(split), "path": f"{split}.jsonl"} for split in splits]
    values = {
        "configs": [{"config_name": str(kind), "data_files": files}],
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
