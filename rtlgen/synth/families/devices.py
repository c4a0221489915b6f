"""Controllers that compute: vending machines, lifts."""

from __future__ import annotations

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
from rtlgen.synth.families._tour import letters, tour
from rtlgen.synth.families._words import listed, number

Till = tuple[int, int, int]
"""Money put in so far, whether an item has just been sold, change given with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vending:
    """A machine that sells one thing for coins."""

    timing: ClockAndReset
    coins: tuple[tuple[str, int], ...]
    """Ports and values."""
    sold: str
    change: str
    """Empty if there is none."""
    back: str
    """Input that gives the money back; may be empty."""
    price: int

    @property
    def most(self) -> int:
        """The most money that can be in the machine."""
        return self.price - 1 + sum(value for _, value in self.coins)

    @property
    def width(self) -> int:
        return self.most.bit_length()

    def behavior(self) -> Clocked[Till]:
        def after(money: int, given: Values) -> Till:
            if self.back and given[self.back]:
                return 0, 0, money
            total = money + sum(value for name, value in self.coins if given[name])
            return (0, 1, total - self.price) if total >= self.price else (total, 0, 0)

        def told(state: Till, _: Values) -> Outputs:
            found = {self.sold: state[1]}
            return {**found, self.change: state[2]} if self.change else found

        return Clocked(
            reset=(0, 0, 0),
            outputs=told,
            following=lambda state, given: after(state[0], given),
            unknown=(self.sold, *([self.change] if self.change else [])),
        )

    def body(self, slip: str = "") -> str:
        w = self.width
        adds = [f"({name} ? {w}'d{value} : {w}'d0)" for name, value in self.coins]
        price = self.price - (1 if slip == "wrong-price" else 0)
        kept = (
            f"money <= {w}'d0;" if slip != "keeps-the-rest" else f"money <= total - {w}'d{price};"
        )
        change = f"    {self.change} <= total - {w}'d{price};\n" if self.change else ""
        none = f"    {self.change} <= {w}'d0;\n" if self.change else ""
        update = (
            f"if (total >= {w}'d{price}) begin\n    {kept}\n    {self.sold} <= 1'b1;\n{change}"
            f"end else begin\n    money <= total;\n    {self.sold} <= 1'b0;\n{none}end"
        )
        if self.back and slip != "no-return":
            returned = f"    {self.change} <= money;\n" if self.change else ""
            update = (
                f"if ({self.back}) begin\n    money <= {w}'d0;\n    {self.sold} <="
                f" 1'b0;\n{returned}"
                f"end else {update}"
            )
        reset = f"money <= {w}'d0;\n{self.sold} <= 1'b0;"
        reset += f"\n{self.change} <= {w}'d0;" if self.change else ""
        return (
            f"reg [{w - 1}:0] money;\nwire [{w - 1}:0] total = money + {' + '.join(adds)};\n\n"
            + self.timing.always(update, reset)
        )


def _vending(draw: Draw) -> Drawn:
    draw.take("money", "total")
    values = sorted(draw.random.sample((1, 2, 5, 10), draw.integer(1, 3)))
    names = {
        1: ("one", "coin1", "c1"),
        2: ("two", "coin2", "c2"),
        5: ("five", "coin5", "c5"),
        10: ("ten", "coin10", "c10"),
    }
    it = _Vending(
        timing=draw.timing(),
        coins=tuple((draw.name(*names[value]), value) for value in values),
        sold=draw.name("dispense", "sold", "vend", "give"),
        change=draw.name("change", "refund", "rest") if draw.chance(0.7) else "",
        back=draw.name("cancel", "give_back", "coin_return") if draw.chance(0.4) else "",
        price=draw.integer(max(values) + 1, max(values) * 3 + 4),
    )
    asks = [name for name, _ in it.coins] + ([it.back] if it.back else [])
    slips = ["wrong-price", "keeps-the-rest"] + (["no-return"] if it.back else [])
    change = ((it.change, it.width),) if it.change else ()
    return Drawn(
        parameters={
            "coins": str(values),
            "price": it.price,
            "back": int(bool(it.back)),
            "change": int(bool(it.change)),
        },
        ports=(*inputs(*((name, 1) for name in asks)), *outputs((it.sold, 1), *change)),
        timing=it.timing,
        words=_vending_words(draw, it),
        body=it.body(),
        registered=(it.sold, *([it.change] if it.change else [])),
        behavior=it.behavior(),
        vectors=tour(it.behavior(), letters(*((name, 1) for name in asks))),
        slips=tuple(Slip(name=name, body=it.body(name)) for name in slips),
        module="vending_machine",
    )


def _rest(draw: Draw, it: _Vending) -> str:
    if not it.change:
        return " Too much money is kept."
    return draw.phrase(
        f" In this cycle {it.change} is the amount paid beyond the price; otherwise it is 0.",
        f" What was paid too much is shown on {it.change} together with {it.sold}; otherwise"
        f" {it.change} is 0.",
    )


def _back(it: _Vending) -> str:
    if not it.back:
        return ""
    shown = f" {it.change} shows it in the next cycle, and" if it.change else ""
    only = f" (Only then and in a sale {it.change} can be other than 0.)" if it.change else ""
    return (
        f" {it.back} = 1 has priority: the money so far is given back,{shown} coins of this edge do"
        f" not count, {it.sold} is 0 in the next cycle and the sum becomes 0.{only}"
    )


def _vending_words(draw: Draw, it: _Vending) -> Words:
    coins = listed(f"{name} is a coin of {value}" for name, value in it.coins)
    puts = f"At each clock edge, {coins}" + (
        "; several of them may be 1 at once, and all count."
        if len(it.coins) > 1
        else " if it is 1."
    )
    sells = draw.phrase(
        f"As soon as the money in the machine, coins of this edge included, is at least {it.price},"
        f" an item is sold: in the next cycle {it.sold} is 1, and nothing remains in the machine.",
        f"An item costs {it.price}. The clock edge that brings the sum to {it.price} or more makes"
        f" {it.sold} 1 for one cycle and sets the sum back to 0.",
    )
    change, back = _rest(draw, it), _back(it)
    price = f"The price is {it.price}."
    return Words(
        title=f"vending machine with price {it.price}",
        terse=f"a vending machine. {puts} {sells}{change}{back}",
        plain=draw.phrase(
            f"A vending machine sells one kind of thing for {it.price}.",
            f"Implement the coin logic of a vending machine. {price}",
            f"You put coins into a machine until you have paid {it.price}.",
        )
        + f" {puts} {sells}{change}{back}",
        points=(price, puts, f"{sells}{change}", *([back.strip()] if back else [])),
        after_reset="no money is in the machine and all outputs are 0",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lift:
    """A lift that goes to the floor called last, a floor in so many cycles."""

    timing: ClockAndReset
    call: str
    goal: str
    floor: str
    up: str
    down: str
    floors: int
    cycles: int

    @property
    def width(self) -> int:
        return (self.floors - 1).bit_length()

    def behavior(self) -> Clocked[tuple[int, int, int]]:
        """Return a model of (floor, goal, cycles on the way to the next floor)."""

        def told(state: tuple[int, int, int], _: Values) -> Outputs:
            floor, goal, _way = state
            return {self.floor: floor, self.up: int(goal > floor), self.down: int(goal < floor)}

        def after(state: tuple[int, int, int], given: Values) -> tuple[int, int, int]:
            floor, goal, way = state
            if floor == goal:
                return floor, (given[self.goal] if given[self.call] else goal), 0
            if way < self.cycles - 1:
                return floor, goal, way + 1
            return floor + (1 if goal > floor else -1), goal, 0

        return Clocked(
            reset=(0, 0, 0),
            outputs=told,
            following=after,
            unknown=(self.floor, self.up, self.down),
        )

    def body(self, slip: str = "") -> str:
        w, c = self.width, max(1, (self.cycles - 1).bit_length())
        up, down = ("-", "+") if slip == "wrong-direction" else ("+", "-")
        moves = (
            f"if ({self.up})\n    {self.floor} <= {self.floor} {up} 1'b1;\n"
            f"else\n    {self.floor} <= {self.floor} {down} 1'b1;"
        )
        timer, zero = "", ""
        if self.cycles > 1:
            timer = f"reg {size_of(c)}timer;\n"
            zero = f"\ntimer <= {c}'d0;"
            inner = "\n".join("    " + line for line in (moves + zero).splitlines())
            last = f"{c}'d{self.cycles - 1}"
            moves = f"if (timer == {last}) begin\n{inner}\nend else\n    timer <= timer + 1'b1;"
        moving = "\n".join("    " + line for line in moves.splitlines())
        update = (
            f"if ({self.up} || {self.down}) begin\n{moving}\n"
            f"end else if ({self.call})\n    goal <= {self.goal};"
        )
        if slip == "new-goal-on-the-way":
            update = (
                f"if ({self.call})\n    goal <= {self.goal};\n"
                f"else if ({self.up} || {self.down}) begin\n{moving}\nend"
            )
        return (
            f"reg {size_of(w)}goal;\n{timer}\nassign {self.up} = (goal > {self.floor});\n"
            f"assign {self.down} = (goal < {self.floor});\n\n"
            + self.timing.always(update, f"{self.floor} <= {w}'d0;\ngoal <= {w}'d0;{zero}")
        )


def _lift(draw: Draw) -> Drawn:
    draw.take("goal", "timer")
    it = _Lift(
        timing=draw.timing(),
        call=draw.name("call", "req", "press", "go"),
        goal=draw.name("floor_req", "target", "want", "dest"),
        floor=draw.name("floor", "position", "at_floor"),
        up=draw.name("up", "going_up", "motor_up"),
        down=draw.name("down", "going_down", "motor_down"),
        floors=draw.one_of(2, 4, 4, 8, 8, 16),
        cycles=draw.integer(1, 8),
    )
    wrong = {"off-by-one-time": replace(it, cycles=it.cycles + 1).body()}
    wrong |= {name: it.body(name) for name in ("wrong-direction", "new-goal-on-the-way")}
    return Drawn(
        parameters={"floors": it.floors, "cycles": it.cycles},
        ports=(
            *inputs((it.call, 1), (it.goal, it.width)),
            *outputs((it.floor, it.width), (it.up, 1), (it.down, 1)),
        ),
        timing=it.timing,
        words=_lift_words(draw, it),
        body=it.body(),
        registered=(it.floor,),
        behavior=it.behavior(),
        vectors=_rides(draw, it),
        slips=tuple(Slip(name=name, body=body) for name, body in wrong.items()),
        module="elevator",
    )


def _rides(draw: Draw, it: _Lift) -> tuple[Values, ...]:
    """Return calls with time to get there, and some on the way."""
    plan: list[tuple[int, int]] = []
    at = 0
    for _ in range(6):
        to = draw.integer(0, it.floors - 1)
        long = abs(to - at) * it.cycles
        plan += [
            (1, to),
            *((int(i == long // 2), (to + 1) % it.floors) for i in range(long)),
            (0, 0),
        ]
        at = to
    return tuple({it.call: call, it.goal: goal} for call, goal in plan[:250])


def _lift_words(draw: Draw, it: _Lift) -> Words:
    where = draw.phrase(
        f"{it.floor} is the floor at which the lift is, 0 to {it.floors - 1}.",
        f"The floors are numbered 0 to {it.floors - 1}, and {it.floor} shows the present one.",
    )
    calls = draw.phrase(
        f"While the lift stands, a 1 on {it.call} at a clock edge makes {it.goal} its goal.",
        f"A lift that has reached its goal takes over a new one from {it.goal} at a clock edge with"
        f" {it.call} = 1.",
    )
    ignores = f"While it moves, {it.call} is ignored."
    moves = draw.phrase(
        f"{it.up} is 1 while the goal is above {it.floor}, {it.down} while it is below; both are 0"
        " at the goal.",
        f"Below its goal the lift has {it.up} = 1, above it {it.down} = 1, and at the goal both are"
        " 0.",
    )
    takes = (
        f"{it.floor} changes by one at every clock edge as long as {it.up} or {it.down} is 1."
        if it.cycles == 1
        else f"A floor takes {it.cycles} cycles: {it.floor} changes by one at every"
        f" {it.cycles}th clock edge at which {it.up} or {it.down} is 1, counted afresh from each"
        " floor."
    )
    return Words(
        title=f"lift controller for {it.floors} floors",
        terse=f"a lift controller, {it.floors} floors. {calls} {ignores} {moves} {takes}",
        plain=draw.phrase(
            f"A lift serves {it.floors} floors.",
            f"Control an elevator in a house with {number(it.floors)} floors.",
            "Implement a simple elevator.",
        )
        + f" {where} {calls} {ignores} {moves} {takes}",
        points=(where, calls, ignores, moves, takes),
        after_reset="the lift is at floor 0, with floor 0 as goal",
    )


FAMILIES = (
    Family(name="vending-machine", kind="devices", draw=_vending),
    Family(name="lift", kind="devices", draw=_lift, weight=0.7),
)
"""The families of this module."""
