"""Everyday control logic: what switches on when, in named one-bit conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import always, binary, capital, case, design, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signal:
    """A one-bit condition or action, and how people speak of it."""

    name: str
    true: str
    """A clause for 1: `the door is open`."""
    false: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """A place where things are switched."""

    place: str
    conditions: tuple[_Signal, ...]
    actions: tuple[tuple[str, str], ...]
    """Outputs, and what they do: `the lamp is on`."""


def _signals(*rows: tuple[str, str, str]) -> tuple[_Signal, ...]:
    return tuple(_Signal(name=name, true=true, false=false) for name, true, false in rows)


_SCENES = (
    _Scene(
        place="a car",
        conditions=_signals(
            ("door_open", "a door is open", "all doors are closed"),
            ("engine_on", "the engine runs", "the engine is off"),
            ("belt_on", "the seat belt is fastened", "the seat belt is not fastened"),
            ("lights_on", "the headlights are on", "the headlights are off"),
            ("brake", "the brake pedal is pressed", "the brake pedal is free"),
        ),
        actions=(
            ("chime", "the chime sounds"),
            ("warn_lamp", "the warning lamp lights"),
            ("cabin_light", "the cabin light is on"),
        ),
    ),
    _Scene(
        place="a house",
        conditions=_signals(
            ("motion", "motion is detected", "there is no motion"),
            ("dark", "it is dark", "it is bright"),
            ("armed", "the alarm system is armed", "the alarm system is off"),
            ("window_open", "a window is open", "the windows are closed"),
            ("at_home", "somebody is at home", "nobody is at home"),
        ),
        actions=(
            ("lamp", "the lamp is on"),
            ("siren", "the siren sounds"),
            ("notify", "a message is sent"),
        ),
    ),
    _Scene(
        place="a greenhouse",
        conditions=_signals(
            ("too_hot", "it is too hot", "it is not too hot"),
            ("too_dry", "the soil is too dry", "the soil is moist"),
            ("raining", "it rains", "it does not rain"),
            ("tank_empty", "the water tank is empty", "the tank holds water"),
            ("night", "it is night", "it is day"),
        ),
        actions=(("pump", "the pump runs"), ("fan", "the fan runs"), ("roof", "the roof opens")),
    ),
    _Scene(
        place="an elevator",
        conditions=_signals(
            ("called", "somebody has called it", "nobody has called it"),
            ("door_closed", "the door is closed", "the door is not closed"),
            ("overload", "it is overloaded", "the load is allowed"),
            ("moving", "it moves", "it stands still"),
            ("emergency", "the emergency button is pressed", "there is no emergency"),
        ),
        actions=(
            ("motor", "the motor runs"),
            ("buzzer", "the buzzer sounds"),
            ("open_door", "the door is opened"),
        ),
    ),
    _Scene(
        place="a coffee machine",
        conditions=_signals(
            ("button", "the button is pressed", "the button is not pressed"),
            ("water_ok", "there is enough water", "water is missing"),
            ("hot", "the water is hot", "the water is cold"),
            ("cup", "a cup stands below", "no cup is there"),
            ("full", "the waste box is full", "the waste box is not full"),
        ),
        actions=(
            ("brew", "coffee is made"),
            ("heater", "the heater is on"),
            ("alert", "the red lamp lights"),
        ),
    ),
    _Scene(
        place="a phone",
        conditions=_signals(
            ("incoming", "a call comes in", "no call comes in"),
            ("silent", "silent mode is on", "silent mode is off"),
            ("in_pocket", "it is in a pocket", "it lies on a table"),
            ("low_battery", "the battery is low", "the battery is fine"),
            ("charging", "it is being charged", "it is not being charged"),
        ),
        actions=(("ring", "it rings"), ("buzz", "it vibrates"), ("dim", "the screen is dimmed")),
    ),
    _Scene(
        place="a machine tool",
        conditions=_signals(
            ("start_key", "the start key is pressed", "the start key is not pressed"),
            ("guard", "the guard is in place", "the guard is missing"),
            ("oil_low", "the oil level is low", "there is enough oil"),
            ("hot", "the motor is hot", "the motor is cool"),
            ("override", "the service key is turned", "the service key is not turned"),
        ),
        actions=(
            ("run", "the motor runs"),
            ("lock", "the door is locked"),
            ("fault", "the fault lamp lights"),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """Two or three conditions, joined: `x`, `x and y`, `x or y`, `x and (y or z)`."""

    shape: str
    parts: tuple[tuple[_Signal, bool], ...]
    """Conditions, and whether they must be 1."""

    def verilog(self) -> str:
        return self._joined(
            [s.name if wanted else f"~{s.name}" for s, wanted in self.parts], "&", "|"
        )

    def words(self) -> str:
        return self._joined(
            [s.true if wanted else s.false for s, wanted in self.parts], "and", "or"
        )

    def formal(self) -> str:
        return self._joined([f"{s.name} is {int(wanted)}" for s, wanted in self.parts], "and", "or")

    def value(self, given: Mapping[str, int]) -> int:
        bits = [given[s.name] == wanted for s, wanted in self.parts]
        if self.shape == "or":
            return int(any(bits))
        if self.shape == "and":
            return int(all(bits))
        return (
            int(bits[0] and any(bits[1:]))
            if self.shape == "and-or"
            else int(bits[0] or all(bits[1:]))
        )

    def _joined(self, texts: Sequence[str], both: str, either: str) -> str:
        if self.shape in {"and", "or"}:
            return f" {both if self.shape == 'and' else either} ".join(texts)
        first, second, third = texts
        words = both == "and"
        inner = either if self.shape == "and-or" else both
        outer = both if self.shape == "and-or" else either
        if words:
            pair = {"or": f"either {second} or {third}", "and": f"both {second} and {third}"}[inner]
            return f"{first} {outer} {pair}"
        return f"{first} {outer} ({second} {inner} {third})"


def _rule(draw: Draw, conditions: Sequence[_Signal]) -> _Rule:
    shape = draw.one_of("and", "and", "or", "and-or", "or-and")
    count = 3 if "-" in shape else draw.one_of(2, 2, 3)
    chosen = draw.random.sample(list(conditions), min(count, len(conditions)))
    if len(chosen) < 3 and "-" in shape:
        shape = "and"
    return _Rule(shape=shape, parts=tuple((s, draw.chance(0.65)) for s in chosen))


def _scene(draw: Draw) -> Drawn:
    scene = draw.one_of(*_SCENES)
    conditions = draw.random.sample(scene.conditions, draw.integer(3, 5))
    actions = draw.random.sample(scene.actions, draw.integer(1, 3))
    rules = [_rule(draw, conditions) for _ in actions]
    used = [s for s in conditions if any(s == x for r in rules for x, _ in r.parts)]
    lines = [f"{name} = {rule.verilog()};" for (name, _), rule in zip(actions, rules, strict=True)]
    body = "\n".join(f"assign {line}" for line in lines)
    outs = [name for name, _ in actions]
    first = rules[0].verilog()
    exchanged = first.replace("&", "@").replace("|", "&").replace("@", "|")
    inverted = first.replace("~", "", 1) if "~" in first else f"~{first}"

    def model(given: Values) -> Outputs:
        return {name: rule.value(given) for (name, _), rule in zip(actions, rules, strict=True)}

    return design(
        module="control_logic",
        parameters={"place": scene.place, "rules": " ; ".join(lines)},
        ins=[(s.name, 1) for s in used],
        outs=[(name, 1) for name in outs],
        words=_scene_words(draw, scene, used, actions, rules),
        coding=draw.style((body, ()), (body, ()), (always("\n".join(lines)), tuple(outs))),
        model=model,
        slips={
            "and-or-exchanged": body.replace(f"= {first};", f"= {exchanged};", 1),
            "polarity-of-a-condition": body.replace(f"= {first};", f"= {inverted};", 1),
        },
    )


def _scene_words(
    draw: Draw,
    scene: _Scene,
    used: Sequence[_Signal],
    actions: Sequence[tuple[str, str]],
    rules: Sequence[_Rule],
) -> Words:
    meanings = listed([f"{s.name} is 1 when {s.true} and 0 when {s.false}" for s in used])
    told = [
        f"{name} is 1 ({what}) exactly when {rule.words()}"
        for (name, what), rule in zip(actions, rules, strict=True)
    ]
    casual = " ".join(
        f"{what[0].upper()}{what[1:]} ({name} = 1) if {rule.words()}; otherwise {name} is 0."
        for (name, what), rule in zip(actions, rules, strict=True)
    )
    formal = [
        f"{name} is 1 if {rule.formal()}, otherwise 0"
        for (name, _), rule in zip(actions, rules, strict=True)
    ]
    return Words(
        title=f"control logic of {scene.place}",
        terse=f"the control logic of {scene.place}: {'; '.join(formal)}",
        plain=draw.phrase(
            f"Design the control logic of {scene.place}. The inputs mean: {meanings}. {casual}",
            f"In {scene.place}, {meanings}. {' '.join(t + '.' for t in told)} Otherwise the "
            "outputs are 0.",
            f"This is about {scene.place}. {casual} The inputs tell the situation: {meanings}.",
            f"{' '.join(f'{f}.' for f in formal)} This is the logic of {scene.place}, where "
            f"{meanings}.",
        ),
        points=(
            *(f"{s.name}: 1 means that {s.true}, 0 that {s.false}." for s in used),
            *(f"{f}." for f in formal),
        ),
    )


def _climate(draw: Draw) -> Drawn:
    """Two devices of which a mode admits one, a lock-out, and a fan by one of several rules."""
    mode, first, second, lock = draw.one_of(
        ("winter", "cold", "warm", "window_open"),
        ("heating", "below", "above", "maintenance"),
        ("dry_mode", "damp", "stuffy", "door_open"),
    )
    devices = draw.one_of(
        ("heat", "cool", "fan"), ("boiler", "chiller", "blower"), ("dryer", "ac", "air")
    )
    draw.take(mode, first, second, lock, *devices)
    low, rule = draw.chance(0.4), draw.one_of("second", "neither", "wanted")
    one, two, fan = devices
    on_one, on_two = (f"~{mode}", mode) if low else (mode, f"~{mode}")
    fans = {
        "second": two,
        "neither": f"~{one} & ~{two}",
        "wanted": f"({first} | {second}) & ~{lock}",
    }
    lines = [
        f"{one} = {on_one} & {first} & ~{lock};",
        f"{two} = {on_two} & {second} & ~{lock};",
        f"{fan} = {fans[rule]};",
    ]
    body = "\n".join(f"assign {line}" for line in lines)

    def model(given: Values) -> Outputs:
        runs_one = given[mode] != low and given[first] and not given[lock]
        runs_two = given[mode] == low and given[second] and not given[lock]
        blows = {
            "second": runs_two,
            "neither": not (runs_one or runs_two),
            "wanted": (given[first] or given[second]) and not given[lock],
        }
        return {one: int(runs_one), two: int(runs_two), fan: int(blows[rule])}

    yes, no = ("0", "1") if low else ("1", "0")
    blowing = {
        "second": f"{fan} is 1 exactly when {two} is",
        "neither": f"{fan} is 1 when neither {one} nor {two} is",
        "wanted": f"{fan} is 1 when {first} or {second} is 1 and {lock} is 0",
    }[rule]
    points = (
        f"{one} is 1 if {mode} is {yes}, {first} is 1 and {lock} is 0",
        f"{two} is 1 if {mode} is {no}, {second} is 1 and {lock} is 0",
        blowing,
    )
    swapped = body.replace(f"{one} = {on_one} &", f"{one} = {on_two} &")
    return design(
        module="climate_control",
        parameters={"low": int(low), "rule": rule, "mode": mode, "device": one},
        ins=[(x, 1) for x in (mode, first, second, lock)],
        outs=[(x, 1) for x in devices],
        words=Words(
            title="climate control",
            terse=f"a climate control: {'; '.join(points)}; otherwise the outputs are 0",
            plain=draw.phrase(
                f"The air in a workshop is controlled by three switches. {'. '.join(points)}. "
                "What is not "
                "mentioned is 0.",
                f"{mode} decides which of two devices may run: {one} if it is {yes}, {two} if it "
                f"is {no}. "
                f"{one} runs when {first} is 1 and {two} when {second} is 1, but none of them "
                f"while {lock} is "
                f"1. Moreover, {blowing}; otherwise {fan} is 0. A device runs when its output is "
                "1.",
                f"Write the logic for {listed([one, two, fan])}: {points[0]}; {points[1]}; "
                f"{points[2]}. In all other situations they are 0.",
                f"Please automate our ventilation. With {lock} = 1 neither {one} nor {two} may "
                f"run. Otherwise {one} runs for {first} = 1 with {mode} = {yes}, and {two} runs "
                f"for {second} = 1 with {mode} = {no}. As to the third output, {blowing}, and 0 "
                "in any other case.",
            ),
            points=tuple(f"{point}, otherwise 0." for point in points),
        ),
        coding=draw.style((body, ()), (always("\n".join(lines)), devices)),
        model=model,
        slips={
            "mode-ignored": body.replace(f"{on_one} & ", "", 1),
            "lock-out-forgotten": body.replace(f" & ~{lock}", ""),
            "wrong-mode-polarity": swapped.replace(f"{two} = {on_two} &", f"{two} = {on_one} &"),
        },
    )


def _tank(draw: Draw) -> Drawn:
    """Level sensors one above the other; valves or pumps by level."""
    count = draw.one_of(2, 3, 3, 4)
    sensors, pumps = draw.name("s", "level", "sensor"), draw.name("pump", "valve", "flow")
    fills = draw.chance(0.6)
    alarm = draw.name("alarm", "sensor_fault", "err") if draw.chance(0.5) else ""
    codes = [(1 << i) - 1 for i in range(count + 1)]
    actions = [(1 << count - i) - 1 if fills else (1 << i) - 1 for i in range(count + 1)]
    body = _by_level(sensors, pumps, codes, actions)
    tail = ""
    if alarm:
        good = " || ".join(f"{sensors} == {count}'b{c:0{count}b}" for c in codes)
        tail = f"\nassign {alarm} = !({good});"
    mirrored = [int(f"{a:0{count}b}"[::-1], 2) for a in actions]

    def model(given: Values) -> Outputs:
        wet = given[sensors]
        known = wet in codes
        value = actions[codes.index(wet)] if known else 0
        return {pumps: value, **({alarm: int(not known)} if alarm else {})}

    task = "fills" if fills else "empties"
    run = (
        "the number of pumps that run is the number of dry sensors"
        if fills
        else "the number of pumps that run is the number of wet sensors"
    )
    order = f"with k pumps running, {pumps}[0] to {pumps}[k-1] are 1"
    broken = "A sensor that is wet above a dry one is a fault: then no pump runs" + (
        f" and {alarm} is 1; otherwise {alarm} is 0" if alarm else ""
    )
    table = "; ".join(
        f"{c:0{count}b} -> {a:0{count}b}" for c, a in zip(codes, actions, strict=True)
    )
    return design(
        module="tank_control",
        parameters={"sensors": count, "fills": int(fills), "alarm": int(bool(alarm))},
        ins=[(sensors, count)],
        outs=[(pumps, count), *([(alarm, 1)] if alarm else [])],
        words=Words(
            title="tank level control",
            terse=f"a pump control that {task} a tank with {count} level sensors {sensors} (bit 0 "
            "lowest, 1 is "
            f"wet): {run}, {order}; {broken[0].lower()}{broken[1:]}",
            plain=draw.phrase(
                f"A tank has {count} level sensors, {sensors}[0] at the bottom and "
                f"{sensors}[{count - 1}] at "
                f"the top; a sensor is 1 when it is under water. A set of {count} pumps {task} "
                "the tank: "
                f"{run}; {order}. {broken}.",
                f"Water level control. {capital(run)}: {table} (as {sensors} -> {pumps}, 1 means "
                "wet and "
                f"running; bit 0 is the lowest sensor). {broken}.",
                f"{count} floats tell the level of a tank; {sensors}[i] is 1 if float i is under "
                "water, float 0 being the lowest. Drive the pumps that "
                f"{'fill' if fills else 'empty'} it: {run}, and {order}. {broken}.",
                f"Drive {pumps} from {sensors} by this list, written as {sensors} -> {pumps}: "
                f"{table}. Bit 0 is the lowest sensor, and 1 means wet. {broken}.",
            ),
            points=(
                f"A sensor is 1 when it is wet; {sensors}[0] is the lowest one.",
                f"{capital(run)}; {order}.",
                f"{broken}.",
            ),
        ),
        coding=(body + tail, (pumps,)),
        model=model,
        slips={
            "pumps-in-reverse": _by_level(sensors, pumps, codes, mirrored) + tail,
            "filling-and-emptying-confused": _by_level(sensors, pumps, codes, actions[::-1]) + tail,
        },
        vectors=[{sensors: c} for c in range(1 << count)],
    )


def _by_level(sensors: str, pumps: str, codes: Sequence[int], actions: Sequence[int]) -> str:
    count = len(codes) - 1
    rows = [
        (binary(count, code), f"{pumps} = {binary(count, action)};")
        for code, action in zip(codes, actions, strict=True)
    ]
    return always(case(sensors, rows, f"{pumps} = {binary(count, 0)};"))


FAMILIES = (
    Family(name="everyday-rules", kind="control", draw=_scene, weight=2.0),
    Family(name="climate-control", kind="control", draw=_climate, weight=0.5),
    Family(name="tank-level", kind="control", draw=_tank, weight=0.6),
)
"""The families of this module."""
