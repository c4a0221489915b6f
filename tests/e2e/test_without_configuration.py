"""`rtlgen design` where nothing is configured: prose goes to the model that comes along."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rtlgen.embedded.files import FOLDER, MANIFEST, Manifest

pytestmark = pytest.mark.icarus

SPEC = """\
# Night light

Module `night_light` has the inputs `dark` and `motion` and the output `lamp`. It is combinational:
the lamp is on while it is dark and something moves.
"""


def test_prose_is_asked_of_the_embedded_model(tmp_path: Path) -> None:
    (tmp_path / "spec.md").write_text(SPEC)
    few = ("--candidates", "2", "--max-tokens", "96")
    done = subprocess.run(
        [sys.executable, "-m", "rtlgen", "design", "spec.md", "-o", "out", *few],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "COLUMNS": "300", "NO_COLOR": "1"},
    )
    assert "built-in declines: the specification has no table" in done.stderr
    if Manifest.model_validate_json((FOLDER / MANIFEST).read_bytes()).adapter is None:
        assert done.returncode == 3
        assert "nothing to judge by" in done.stderr
        return
    record = json.loads((tmp_path / "out" / "run.json").read_bytes())
    assert record["model"]["name"] == "embedded"
    assert record["model"]["chosen_by"] == "comes with rtlgen; none is configured"
    assert record["model"]["prompt"] == "plain"
    assert [candidate["origin"] for candidate in record["candidates"]] == ["propose"] * 2
    assert record["trust"]["references"] == []
    # Two answers are too few, whatever they say.
    assert record["outcome"] != "verified"
    assert done.returncode == record["exit_code"]
