"""The configurations for several GPUs that come with rtlgen."""

from __future__ import annotations

from importlib.resources import as_file, files

import pytest

SHIPPED = files("rtlgen.train") / "accelerate"


@pytest.mark.parametrize(
    ("name", "kind"), [("ddp", "MULTI_GPU"), ("fsdp", "FSDP"), ("zero3", "DEEPSPEED")]
)
def test_accelerate_reads_them(name: str, kind: str) -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    with as_file(SHIPPED / f"{name}.yaml") as path:
        config = load_config_from_file(str(path))
    assert config.distributed_type == kind
    assert config.num_processes > 1
    assert config.mixed_precision == "no"


def test_they_are_all_that_is_shipped() -> None:
    assert {each.name for each in SHIPPED.iterdir()} == {"ddp.yaml", "fsdp.yaml", "zero3.yaml"}
