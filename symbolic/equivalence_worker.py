"""Compares pairs of designs, or looks for inputs that reach goals; it runs in a child process.

Every design is read, and every question asked, in a fork of its own, so that what
Yosys does not survive costs one answer. The golden design is read once.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from symbolic.equivalence_miter import CIRCUIT, Circuit, Wiring
from symbolic.equivalence_settle import (
    certify,
    confirmed,
    settle_difference,
    settle_goal,
)
from symbolic.yosys_model import Maker, Model, Unsupported
from symbolic.yosys_words import FIRST, METHOD, WORTH, commands, kinds, never
from symbolic.yosys_worker import ANSWERS, LOG, REQUEST, forked, libyosys

FOUND = "found.json"
TEXT = "text"
_SCREENED = "screened.json"
_AIGER = "circuit.aig"
_SHAPE = "shape.json"
_WORDS = "words.smt2"
_WORDS_SECONDS = 3.0
"""Where words are looked at first: what is no matter of normal forms takes z3 long."""
_BITS_SECONDS = 5.0
"""Where bits are looked at before, for the sake of a proof that can be checked."""
_SCREEN_SECONDS = 10.0
_FIRST_SECONDS = 2.5
"""For one question, at least, before all have had their turn."""
_GRACE_SECONDS = 0.5


def main() -> None:
    """Answer the request's questions, as they are settled."""
    request = json.loads(Path(REQUEST).read_text(encoding="utf-8"))
    deadline = time.monotonic() + request["seconds"]
    with Path(ANSWERS).open("w", encoding="utf-8") as answers:
        for answer in _answers(request, deadline):
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


def _answers(request: Mapping[str, Any], deadline: float) -> Iterator[dict[str, Any]]:
    sources = [request["golden"], *request["others"]]
    # pyslang has a process of its own: libyosys has another slang in it.
    forked(lambda: _screen_all(sources), folder=Path(), seconds=deadline - time.monotonic())
    golden = _screened(request["golden"])
    if "unreadable" in golden or golden["hazards"]:
        yield {"all": golden.get("unreadable") or golden["hazards"][0]}
        return
    libyosys()
    _log_to(Path(LOG))
    yield from _Session(request, golden).answers(deadline)


def _log_to(path: Path) -> None:
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)


def _screen_all(sources: Sequence[Mapping[str, Any]]) -> None:
    import symbolic.equivalence_screen  # noqa: F401, PLC0415 - once, for all forks

    for source in sources:
        work = partial(_screen_one, source)
        forked(work, folder=Path(source["place"]), seconds=_SCREEN_SECONDS)


def _screen_one(source: Mapping[str, Any]) -> None:
    from symbolic.equivalence_screen import screen  # noqa: PLC0415 - not where libyosys is

    texts = {name: (Path(TEXT) / name).read_text(encoding="utf-8") for name in source["files"]}
    found = screen(source["top"], texts, source.get("goals", ()))
    for name, text in found.pop("sources", {}).items():
        (Path(TEXT) / name).write_text(text, encoding="utf-8")
    _leave(found, Path(_SCREENED))


def _screened(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return `source` with what was found of it."""
    path = Path(source["place"]) / _SCREENED
    if not path.is_file():
        return {**source, "unreadable": "the parser does not survive this text"}
    return {**source, **json.loads(path.read_text(encoding="utf-8"))}


def _placed(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return `source` with where it lies, wherever a fork may be."""
    home = Path(source["place"]).absolute()
    return {**source, "home": str(home), "folder": str(home / TEXT)}


def _leave(found: Mapping[str, Any], path: Path) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(found), encoding="utf-8")
    part.rename(path)


class _Session:
    """The golden design, or the only one, and the questions."""

    def __init__(self, request: Mapping[str, Any], golden: Mapping[str, Any]) -> None:
        self._wiring = Wiring.of(request["interface"])
        self._others = [_placed(_screened(other)) for other in request["others"]]
        self._goals: Sequence[str] = golden.get("goals", ())
        self._certify: bool = request.get("certify", False)
        self._golden_source = _placed(golden)
        library = libyosys()
        self._maker = Maker(library=library, design=library.Design(), wiring=self._wiring)
        self._stepwise = False
        self._golden: Model | None = None

    def answers(self, deadline: float) -> Iterator[dict[str, Any]]:
        """Yield what is found, first within a short time for each, then with what is left."""
        try:
            self._read_golden()
        except Unsupported as why:
            yield {"all": str(why)}
            return
        ask = self._reach if self._goals else self._compare
        waiting = list(range(len(self._goals or self._others)))
        for share in (_FIRST_SECONDS, 0.0):
            unsettled = []
            for index, number in enumerate(waiting):
                left = deadline - time.monotonic()
                if left < _GRACE_SECONDS:
                    return
                fair = left / (len(waiting) - index)
                answer = self._attempt(ask, number, min(left, max(share, fair)))
                if answer.pop("unsettled", False):
                    unsettled.append(number)
                yield {"number": number, **answer}
            waiting = unsettled

    def _read_golden(self) -> None:
        """Read the design; if it needs clocks to be seen, all designs do."""
        self._golden = self._maker.make("golden", self._golden_source, stepwise=False)
        if self._golden.stepwise:
            self._stepwise = True
            self._golden = self._maker.make("golden", self._golden_source, stepwise=True)
        if self._goals:
            self._write_circuit(None)
            self._write_gates()

    def _attempt(
        self, ask: Callable[[int, float], None], number: int, seconds: float
    ) -> dict[str, Any]:
        folder = Path(str(number))
        folder.mkdir(exist_ok=True)
        (folder / FOUND).unlink(missing_ok=True)
        deadline = time.monotonic() + seconds
        ended = forked(
            lambda: ask(number, deadline), folder=folder, seconds=seconds + _GRACE_SECONDS
        )
        found: dict[str, Any] = {"outcome": "open", "reason": ""}
        if (folder / FOUND).is_file():
            found = json.loads((folder / FOUND).read_text(encoding="utf-8"))
        elif ended.status is None:
            found["unsettled"] = True
        return {"seconds": ended.seconds, **found}

    def _reach(self, number: int, deadline: float) -> None:
        """Settle one goal; runs in a fork, in a folder of its own, as `_compare`."""
        refused = self._golden_source["refused"].get(str(number))
        if refused:
            _leave({"outcome": "open", "reason": refused}, Path(FOUND))
            return
        _leave(settle_goal(Path("..") / _AIGER, self._wiring, number, deadline), Path(FOUND))

    def _compare(self, number: int, deadline: float) -> None:
        other = self._others[number]
        if all(other.get(key) == self._golden_source[key] for key in ("digest", "data")):
            _leave({"outcome": "proved", "reason": "the same text"}, Path(FOUND))
            return
        reason = other.get("unreadable") or next(iter(other["hazards"]), "")
        try:
            if not reason and not Path(_AIGER).is_file():
                self._write_pair(other)
        except Unsupported as why:
            reason = str(why)
        if reason:
            _leave({"outcome": "open", "reason": reason}, Path(FOUND))
            return
        found = self._settled(deadline)
        by_bits = found["outcome"] == "proved" and found["reason"] != METHOD
        if self._certify and by_bits:
            found = confirmed(Path(_AIGER), found, deadline - time.monotonic())
        _leave(found, Path(FOUND))
        if self._certify and by_bits and found["outcome"] == "proved":
            certify(Path(_AIGER), Path(), deadline - time.monotonic())

    def _settled(self, deadline: float) -> dict[str, Any]:
        """Ask who sees bits and who sees words; first who is likely to know.

        A proof that has to be checked again is looked for in bits first.
        """
        proved = {"outcome": "proved", "reason": METHOD}
        if self._certify and self._has(FIRST):
            found = self._by_bits(min(deadline, time.monotonic() + _BITS_SECONDS))
            if found["outcome"] != "open":
                return found
        if self._has(FIRST) and self._proved_by_words(deadline, _WORDS_SECONDS):
            return proved
        found = self._by_bits(deadline)
        if found["outcome"] != "open" or not self._has(WORTH):
            return found
        return proved if self._proved_by_words(deadline, math.inf) else found

    def _by_bits(self, deadline: float) -> dict[str, Any]:
        if not Path(_AIGER).is_file():
            self._write_gates()
        return settle_difference(Path(_AIGER), self._wiring, deadline)

    def _has(self, cells: frozenset[str]) -> bool:
        found = json.loads(Path(_SHAPE).read_text(encoding="utf-8"))["words"]
        return not cells.isdisjoint(found)

    def _proved_by_words(self, deadline: float, seconds: float) -> bool:
        """Whether z3 sees that the designs do not differ."""
        left = min(seconds, deadline - time.monotonic())
        return left > 0 and never(Path(_WORDS), "proof", left)

    def _write_pair(self, other: Mapping[str, Any]) -> None:
        model = self._maker.make("other", other, stepwise=self._stepwise)
        if model.stepwise and not self._stepwise:
            self._stepwise = True
            self._golden = self._maker.make("golden", self._golden_source, stepwise=True)
            model = self._maker.make("other", other, stepwise=True)
        self._write_circuit(model)

    def _write_circuit(self, other: Model | None) -> None:
        models = [model for model in (self._golden, other) if model is not None]
        circuit = Circuit(
            wiring=self._wiring,
            sides=tuple(model.side for model in models),
            stepwise=self._stepwise,
            pulses=any(model.asynchronous for model in models),
        )
        Path(f"{CIRCUIT}.v").write_text(circuit.verilog(), encoding="utf-8")
        self._maker.run("design -reset", f"read_verilog -icells {CIRCUIT}.v")
        for model in models:
            self._maker.run(f"design -import {model.side.name} -as {model.side.name}")
        self._maker.run(
            f"hierarchy -check -top {CIRCUIT}",
            "proc",
            "flatten",
            "delete t:$scopeinfo",
            # From here on there are two values only; multipliers and the like become one
            # where they get the same operands, which no prover of bits would see in time.
            "setundef -zero",
            "opt_expr",
            "opt_muxtree",
            *(("wreduce", "opt_expr", "opt_clean") * 2),
            "opt_merge",
            "opt_expr",
            "opt_merge",
        )
        words = self._words() if other is not None else frozenset()
        shape = {
            "stepwise": self._stepwise,
            "from_power_up": any(model.initialized for model in models),
            "words": sorted(words),
        }
        _leave(shape, Path(_SHAPE))

    def _words(self) -> frozenset[str]:
        """Write the circuit in words if that may help, and say what there is for z3 in it."""
        if self._wiring.clocks or self._stepwise:
            # Registers of two designs are alike in states that come, not in any.
            return frozenset()
        words = kinds(self._maker.cells(CIRCUIT))
        if not words:
            return words
        # Yosys ends at a loop of words, which may be none of bits.
        work = partial(self._maker.run, *commands(Path(_WORDS)))
        ended = forked(work, folder=Path(), seconds=_WORDS_SECONDS)
        return words if ended.status == 0 else frozenset()

    def _write_gates(self) -> None:
        self._maker.map_to_gates(CIRCUIT)
        self._maker.run("opt_clean", f"write_aiger -symbols {_AIGER}.part")
        Path(f"{_AIGER}.part").rename(_AIGER)
