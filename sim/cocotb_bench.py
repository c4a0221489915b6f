"""A cocotb testbench as `sim` sees it: files, a top level, and a known number of checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sim.design import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class CocotbBench:
    """What a simulator needs to run a cocotb test module against a design.

    The test module reads two environment variables and, when both are set,
    writes its report as JSON to `RTLGEN_REPORT` (write, then rename)::

        {"token": RTLGEN_TOKEN, "checks": int, "mismatches": int,
         "first_mismatch": null | {check, phase, time_ns, port, expected, got, inputs, history}}

    The report is written once, after the last check. Nothing that the design
    prints is read.
    """

    test_module: str
    """Name of the Python module with the cocotb test."""
    python_files: Mapping[str, str]
    """File name to text: the test module and what it imports."""
    toplevel: str
    """HDL top level: the design's own top module, or the wrapper in `hdl_files`."""
    expected_checks: int
    hdl_files: Mapping[str, str] = field(default_factory=dict)
    """Wrapper and golden RTL, compiled before the design; empty when the design is the top."""
    golden: bool = False
    """Whether golden RTL runs beside the design, so that registers must start alike in both."""
    data: Mapping[str, bytes] = field(default_factory=dict)
    """Files that the golden RTL reads, such as memory images."""
    reserved: frozenset[str] = frozenset()
    """Module names that the design may not define."""
    outer: frozenset[str] = frozenset()
    """Instances and signals around the design, unless their names begin with `rtlgen_`."""

    def __post_init__(self) -> None:
        if self.expected_checks < 1:
            raise ValueError(f"a testbench must make at least 1 check, not {self.expected_checks}")
        if f"{self.test_module}.py" not in self.python_files:
            raise ValueError(f"python_files has no {self.test_module}.py")
        object.__setattr__(self, "python_files", MappingProxyType(dict(self.python_files)))
        object.__setattr__(self, "hdl_files", MappingProxyType(dict(self.hdl_files)))
        object.__setattr__(self, "data", MappingProxyType(dict(self.data)))

    @property
    def digest(self) -> str:
        """Hex digest of every file and setting."""
        parts = [self.test_module, self.toplevel, str(self.expected_checks), *sorted(self.reserved)]
        parts += [str(self.golden), "outer", *sorted(self.outer)]
        for files in (self.python_files, self.hdl_files):
            for name, text in sorted(files.items()):
                parts += [name, text]
        data = [
            part for name, content in sorted(self.data.items()) for part in (name.encode(), content)
        ]
        return digest(*(part.encode() for part in parts), *data)
