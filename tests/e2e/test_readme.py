"""The README's commands, run as written in a copy of what is here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FAST = "-m 'not readme' -k 'test_modules or test_verdict' -n 1"
"""What the inner `make test` runs; all of it would be this run once more."""


def shell_blocks(text: str) -> list[list[str]]:
    return [block.split("\n") for block in re.findall(r"```sh\n(.*?)\n```", text, re.S)]


def copy_of_the_project(target: Path) -> None:
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)


def test_two_commands_do_all_set_up() -> None:
    first = shell_blocks((ROOT / "README.md").read_text())[0]
    assert first == ["make demo", "make test"]


@pytest.mark.readme
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_commands_as_written(tmp_path: Path) -> None:
    copy_of_the_project(tmp_path)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    environment |= {"PYTEST_ADDOPTS": FAST}
    environment.pop("VIRTUAL_ENV", None)
    for commands in shell_blocks((ROOT / "README.md").read_text()):
        for command in commands:
            done = subprocess.run(
                ["sh", "-c", command],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=900,
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert "PASS" in (tmp_path / "demo/report.md").read_text()
    assert (tmp_path / "seven_segment.rtlgen/run.json").is_file()
    assert (tmp_path / "repaired.rtlgen/report.html").is_file()
