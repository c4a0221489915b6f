"""RTLLM: v2, and the 29 designs of v1.1, in the layout of v2's repository.

`Category/Group/design/{design_description.txt,testbench.v,verified_*.v}` and the
files that a testbench reads. Makefiles are not needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rtlgen.evaluation import layout
from rtlgen.evaluation.benchmark import Combined, Extract
from rtlgen.evaluation.completion import robust, unusable, whole_characters
from rtlgen.evaluation.module_names import defined, instantiated, renamed
from rtlgen.evaluation.problem import Problem
from rtlgen.llm.model import Message
from sim.text import without_comments

if TYPE_CHECKING:
    from rtlgen.evaluation.harness.protocol import Harness

_NAMES = (
    "accu adder_16bit adder_32bit adder_8bit adder_pipe_64bit alu asyn_fifo calendar counter_12 "
    "div_16bit edge_detect freq_div fsm JC_counter multi_16bit multi_booth_8bit multi_pipe_4bit "
    "multi_pipe_8bit parallel2serial pe pulse_detect radix2_div RAM right_shifter serial2parallel "
    "signal_generator synchronizer traffic_light width_8to16"
)
V1_1 = frozenset(_NAMES.split())
"""The designs of v1.1."""
_V2_DESIGNS = 50
_READ = re.compile(r'"([\w.-]+\.(?:txt|dat|hex|mem|bin))"(?!\s*+,\s*+"[wa])')


class Rtllm:
    """RTLLM v2, or v1.1: 29 of v2's designs, with the descriptions and the tests of v2.

    v2 corrects tests of v1.1, one of which does not compile, and repeats the
    others; rates on v1.1 as it was published can differ by that.
    """

    max_shots = 0

    def __init__(self, version: str) -> None:
        self.name = f"rtllm-v{version}"
        self.title = f"RTLLM v{version}"
        self._chosen = V1_1 if version == "1.1" else None

    @cached_property
    def harness(self) -> Harness:
        from rtlgen.evaluation.harness.pass_line import PassLineHarness  # noqa: PLC0415

        return PassLineHarness()

    def read(self, root: Path) -> list[Problem]:
        folder = layout.locate(root, layout.RTLLM, title=self.title)
        designs = self._designs(folder)
        return [_problem(designs[name]) for name in sorted(designs)]

    def combine(self, problem: Problem, completion: str, extract: Extract) -> Combined:
        """Return the design in `completion`.

        Official: no extraction was published; the completion is the file, as
        it is. A body without a module, or a module in a fence, fails so.
        Robust: fences and prose are understood, but a body alone is none: the
        description states the interface in prose only, and writing the header
        is part of the task.
        """
        if nothing := unusable(completion):
            return nothing
        completion = whole_characters(completion)
        if extract is Extract.ROBUST:
            return robust(completion, top=problem.top, header=problem.header)
        return Combined(verilog=completion, rule="completion alone")

    def prompt(self, problem: Problem, *, shots: int = 0) -> Sequence[Message]:
        from rtlgen.evaluation import prompting  # noqa: PLC0415 - Jinja is slow to load

        prompting.check_shots(shots, most=self.max_shots, title=self.title)
        return prompting.rtllm(problem)

    def _designs(self, folder: Path) -> dict[str, Path]:
        """Return the folders of the designs by name."""
        designs: dict[str, Path] = {}
        for design in _design_folders(folder):
            if design.name in designs:
                layout.incomplete(
                    f"a design must be there once, {design.name} is in {designs[design.name]} too, "
                    f"{design}"
                )
            designs[design.name] = design
        if self._chosen is None and len(designs) != _V2_DESIGNS:
            layout.incomplete(
                f"{self.title} must have {_V2_DESIGNS} designs, not {len(designs)}, {folder}"
            )
        if missing := sorted((self._chosen or frozenset()) - set(designs)):
            layout.incomplete(
                f"{self.title} must have {len(V1_1)} designs, {', '.join(missing)} "
                f"{'is' if len(missing) == 1 else 'are'} not in {folder}"
            )
        return {name: path for name, path in designs.items() if name in (self._chosen or designs)}


def _design_folders(folder: Path) -> Iterator[Path]:
    for design in sorted(folder.glob("*/*/*")):
        if any((design / name).exists() for name in layout.RTLLM_FILES):
            yield design


def _problem(folder: Path) -> Problem:
    test = layout.read_text(folder / "testbench.v")
    top = _top(folder, test)
    return Problem(
        task_id=folder.name,
        top=top,
        description=layout.read_text(folder / "design_description.txt"),
        test=test,
        golden=_golden(folder, top),
        data=tuple(_data(folder, test)),
        place=str(folder / "testbench.v"),
    )


def _top(folder: Path, test: str) -> str:
    """Return the module that the test instantiates; it is not always named like the folder."""
    used = instantiated(test) - set(defined(test))
    if folder.name in used:
        return folder.name
    if len(used) != 1:
        listed = ", ".join(sorted(used)) or "none"
        layout.incomplete(
            f"a testbench must instantiate one module, not {listed}, {folder / 'testbench.v'}"
        )
    return next(iter(used))


def _golden(folder: Path, top: str) -> str:
    """Return the reference, its module under the name that the test instantiates."""
    files = sorted(folder.glob("verified_*.v"))
    if len(files) != 1:
        layout.incomplete(f"a design must have one verified_*.v, not {len(files)}, {folder}")
    text = layout.read_text(files[0])
    names = set(defined(text))
    if top in names:
        return text
    roots = sorted(names - instantiated(text))
    if len(roots) != 1:
        listed = ", ".join(roots) or "none"
        layout.incomplete(f"a reference must have one top module, not {listed}, {files[0]}")
    return renamed(text, roots[0], to=top)


def _data(folder: Path, test: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files that the test reads; others in the folder are not the problem's."""
    for name in sorted(set(_READ.findall(without_comments(test)))):
        yield name, layout.read_bytes(folder / name)
