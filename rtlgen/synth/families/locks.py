"""Locks that open after a sequence of keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import (
    ClockAndReset,
    Clocked,
    Drawn,
    Family,
    Outputs,
    Slip,
    Values,
    Words,
    inputs,
    outputs,
)
from rtlgen.synth.families._chart_rtl import size_of
from rtlgen.synth.families._words import counted, number

Keys = tuple[int, int, int]
"""Right keys so far, cycles that the lock stays open, wrong codes in a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lock:
    """A lock that opens after a sequence of keys."""

    timing: ClockAndReset
    press: str
    key: str
    opened: str
    alarm: str
    """Empty if there is none."""
    code: tuple[int, ...]
    width: int
    hold: int
    tries: int

    def behavior(self) -> Clocked[Keys]:
        def told(state: Keys, _: Values) -> Outputs:
            found = {self.opened: int(state[1] > 0)}
            return {**found, self.alarm: int(state[2] >= self.tries)} if self.alarm else found

        def after(state: Keys, given: Values) -> Keys:
            right, left, wrong = state
            if left:
                return 0, left - 1, 0
            stuck = self.alarm and wrong >= self.tries
            if stuck or not given[self.press]:
                return state
            if given[self.key] != self.code[right]:
                return 0, 0, min(wrong + 1, self.tries)
            return (right + 1, 0, wrong) if right + 1 < len(self.code) else (0, self.hold, 0)

        return Clocked(
            reset=(0, 0, 0),
            outputs=told,
            following=after,
            unknown=(self.opened, *([self.alarm] if self.alarm else [])),
        )

    def body(self, slip: str = "") -> str:
        names = [f"KEY{i + 1}" for i in range(len(self.code))] + ["OPEN"]
        names += ["LOCKED"] if self.alarm else []
        w, h, t = (len(names) - 1).bit_length(), self.hold.bit_length(), self.tries.bit_length()
        constants = ", ".join(f"{name} = {w}'d{i}" for i, name in enumerate(names))
        wrong = ["state <= KEY1;"]
        if self.alarm:
            last = self.tries - (2 if slip == "alarm-too-early" else 1)
            wrong = ["wrong <= wrong + 1'b1;", f"state <= (wrong == {t}'d{last}) ? LOCKED : KEY1;"]
        arms = [self._key_arm(i, names[i + 1], wrong, slip) for i in range(len(self.code))]
        clear = f"    wrong <= {t}'d0;\n" if self.alarm else ""
        arms.append(
            f"OPEN: begin\n{clear}    timer <= timer + 1'b1;\n"
            f"    if (timer == {h}'d{self.hold - 1})\n        state <= KEY1;\nend"
        )
        if self.alarm:
            arms.append("LOCKED: state <= LOCKED;")
        case = "\n".join(
            "    " + line for arm in [*arms, "default: state <= KEY1;"] for line in arm.splitlines()
        )
        tries = f"reg {size_of(t)}wrong;\n" if self.alarm else ""
        reset = f"state <= KEY1;\ntimer <= {h}'d0;" + (f"\nwrong <= {t}'d0;" if self.alarm else "")
        alarm = f"\nassign {self.alarm} = (state == LOCKED);" if self.alarm else ""
        return (
            f"localparam {constants};\n\nreg [{w - 1}:0] state;\nreg {size_of(h)}timer;\n{tries}\n"
            + self.timing.always(f"case (state)\n{case}\nendcase", reset)
            + f"\n\nassign {self.opened} = (state == OPEN);{alarm}"
        )

    def _key_arm(self, at: int, then: str, wrong: Sequence[str], slip: str) -> str:
        stays = "" if slip != "forgives-wrong-keys" else f"        state <= KEY{at + 1};\n"
        fails = stays or "".join(f"        {line}\n" for line in wrong)
        zero = f"        timer <= {self.hold.bit_length()}'d0;\n" if then == "OPEN" else ""
        return (
            f"KEY{at + 1}: if ({self.press}) begin\n"
            f"    if ({self.key} == {self.width}'d{self.code[at]}) begin\n        state <="
            f" {then};\n"
            f"{zero}    end else begin\n{fails}    end\nend"
        )


def _lock(draw: Draw) -> Drawn:
    draw.take("state", "timer", "wrong")
    width = draw.integer(1, 4)
    alarm = draw.chance(0.5)
    it = _Lock(
        timing=draw.timing(),
        press=draw.name("press", "key_valid", "strobe_key", "enter"),
        key=draw.name("key", "digit", "code_in"),
        opened=draw.name("unlocked", "open_o", "door", "opened"),
        alarm=draw.name("alarm", "locked_out", "blocked") if alarm else "",
        code=tuple(draw.integer(0, (1 << width) - 1) for _ in range(draw.integer(2, 5))),
        width=width,
        hold=draw.integer(1, 9),
        tries=draw.integer(2, 5),
    )
    slips = ["forgives-wrong-keys"] + (["alarm-too-early"] if alarm else [])
    late = replace(it, hold=it.hold + 1)
    return Drawn(
        parameters={
            "code": str(it.code),
            "width": width,
            "hold": it.hold,
            "tries": it.tries if alarm else 0,
        },
        ports=(
            *inputs((it.press, 1), (it.key, width)),
            *outputs((it.opened, 1), *([(it.alarm, 1)] if alarm else [])),
        ),
        timing=it.timing,
        words=_lock_words(draw, it),
        body=it.body(),
        behavior=it.behavior(),
        vectors=_presses(draw, it),
        slips=(
            *(Slip(name=name, body=it.body(name)) for name in slips),
            Slip(name="off-by-one-time", body=late.body()),
        ),
        module="keypad_lock",
    )


def _presses(draw: Draw, it: _Lock) -> tuple[Values, ...]:
    """Return the right code, wrong ones, gaps between keys, and the right code again."""
    plan: list[tuple[int, int]] = []
    for wrong_at in (-1, 0, -1, len(it.code) - 1, -1, *([0] * it.tries), -1):
        for at, key in enumerate(it.code):
            plan += [(0, key)] * draw.one_of(0, 0, 1)
            plan.append((1, key if at != wrong_at else key ^ 1))
            if at == wrong_at:
                break
        plan += [(draw.integer(0, 1), it.code[0])] * (it.hold + 1) if wrong_at < 0 else []
    return tuple({it.press: press, it.key: key} for press, key in plan)


def _lock_words(draw: Draw, it: _Lock) -> Words:
    code = ", ".join(map(str, it.code))
    keys = draw.phrase(
        f"A key is entered at each clock edge with {it.press} = 1; {it.key} says which one.",
        f"Keys are numbers on {it.key}, taken at clock edges at which {it.press} is 1.",
    )
    opens = draw.phrase(
        f"When {code} have been entered in this order, {it.opened} is 1 for"
        f" {counted(it.hold, 'cycle')}, starting with the cycle after the last key; otherwise it is"
        " 0.",
        f"The code is {code}. After the clock edge with its last key, {it.opened} is 1 for"
        f" {counted(it.hold, 'cycle')}, and else 0.",
    )
    wrong = draw.phrase(
        "A wrong key means starting over with the first key of the code; the wrong key itself does"
        " not count as the first one.",
        "After a key that does not fit, the whole code has to be entered from the beginning, with"
        " the next key.",
    )
    ignores = f"Keys pressed while {it.opened} is 1 are ignored, and then a new code begins."
    alarm = (
        f"After {it.tries} wrong keys without the lock having been opened in between, {it.alarm}"
        " becomes 1, and neither it nor anything else changes any more until reset."
        if it.alarm
        else "There may be any number of attempts."
    )
    return Words(
        title=f"keypad lock with {counted(len(it.code), 'key')}",
        terse=f"a code lock. {keys} {opens} {wrong} {ignores} {alarm}",
        plain=draw.phrase(
            "A door is opened with a keypad.",
            "Implement a code lock.",
            f"The lock opens after {number(len(it.code))} right keys.",
        )
        + f" {keys} {opens} {wrong} {ignores} {alarm}",
        points=(keys, opens, wrong, ignores, alarm),
        after_reset="no key has been entered and all outputs are 0",
    )


FAMILIES = (Family(name="keypad-lock", kind="devices", draw=_lock),)
"""The families of this module."""
