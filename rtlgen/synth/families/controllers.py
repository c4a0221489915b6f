"""Controllers with named states: machines, doors, vehicles and creatures with drawn rules."""

from __future__ import annotations

from collections.abc import Sequence

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family
from rtlgen.synth.families._chart import Chart, Condition, Place, on, place
from rtlgen.synth.families._chart_words import Story, drawn_chart, names_of
from rtlgen.synth.families._tour import letters, reachable
from rtlgen.synth.families._words import counted, listed

STATES = (
    "IDLE",
    "INIT",
    "LOAD",
    "RUN",
    "HOLD",
    "CHECK",
    "SEND",
    "FINISH",
    "ERROR",
    "HALT",
    "FLUSH",
    "ARM",
    "FIRE",
    "PREP",
    "MOVE",
    "SLEEP",
)
ASKS = (
    "go",
    "stop",
    "ok",
    "err",
    "full",
    "empty",
    "req",
    "last",
    "abort",
    "start",
    "busy_in",
    "hit",
    "skip",
    "retry",
    "more",
    "tick",
)
TELLS = ("busy", "ack", "active", "led", "done", "alarm", "grant", "ready", "wr_en", "shift_en")


def _named(draw: Draw) -> Drawn:
    """Draw a machine whose states have one or two ordered conditions each."""
    draw.take("state", "next_state", "timer")
    timing = draw.timing()
    asks = [draw.name(*draw.random.sample(ASKS, 8)) for _ in range(draw.integer(2, 3))]
    tells = [draw.name(*draw.random.sample(TELLS, 6)) for _ in range(draw.integer(1, 3))]
    while not _sound(chart := _random_chart(draw, asks, tells)):
        pass
    count = counted(len(chart.places), "state")
    story = Story(
        title=f"a Moore state machine with {count}, inputs {listed(asks)}",
        intro=draw.phrase(
            f"A controller has to be built that reads {listed(asks)} and drives {listed(tells)}.",
            f"Implement the Moore machine described here, with inputs {listed(asks)} and"
            f" output{'s' * (len(tells) > 1)} {listed(tells)}.",
            f"The following rules define a finite-state machine with {count}.",
            f"Write a state machine. Inputs: {', '.join(asks)}. Outputs: {', '.join(tells)}.",
        ),
        module="controller_fsm",
        parameters={},
    )
    return drawn_chart(draw, timing, chart, story)


def _random_chart(draw: Draw, asks: Sequence[str], tells: Sequence[str]) -> Chart:
    count = draw.integer(3, 6)
    first = draw.one_of("IDLE", "INIT", "SLEEP")
    others = [name for name in STATES if name != first]
    names = [first, *draw.random.sample(others, count - 1)]
    places = []
    for at in range(count):
        values = [int(draw.chance(0.4)) for _ in tells]
        places.append(_random_place(draw, names, at, values, asks))
    return Chart(
        places=tuple(places), inputs=tuple(asks), outputs=tuple((name, 1) for name in tells)
    )


def _random_place(
    draw: Draw, names: Sequence[str], at: int, values: Sequence[int], asks: Sequence[str]
) -> Place:
    others = [name for i, name in enumerate(names) if i != at]
    targets = draw.random.sample(others, min(2, draw.one_of(1, 1, 2)))
    if draw.chance(0.7):
        targets[0] = names[(at + 1) % len(names)]
    used = draw.random.sample(list(asks), len(targets))
    rules = [
        (((name, int(draw.chance(0.8))),), to)
        for name, to in zip(used, dict.fromkeys(targets), strict=False)
    ]
    if draw.chance(0.2):
        wait = draw.integer(1, 6)
        return place(names[at], values, *rules[1:], wait=wait, then=rules[0][1])
    return place(names[at], values, *rules)


def _sound(chart: Chart) -> bool:
    given = letters(*((name, 1) for name in chart.inputs))
    behavior = chart.behavior()
    found = {where[0] for where in reachable(behavior, given) if isinstance(where, tuple)}
    values = [{p.outputs[i] for p in chart.places} for i in range(len(chart.outputs))]
    used = {name for p in chart.places for rule in p.rules for name, _ in rule.when}
    return (
        len(found) == len(chart.places)
        and all(len(v) > 1 for v in values)
        and used == set(chart.inputs)
    )


def _creature(draw: Draw) -> Drawn:
    """Draw a creature that goes to and fro and does other things in between."""
    draw.take("state", "next_state", "timer")
    timing = draw.timing()
    who = draw.one_of("robot", "beetle", "crab", "toy train", "guard", "snail")
    ways = draw.one_of(("EAST", "WEST"), ("UP", "DOWN"), ("LEFT", "RIGHT"), ("FORTH", "BACK"))
    low = [way.lower() for way in ways]
    hits = names_of(draw, [f"wall_{low[0]}", f"hit_{low[0]}"], [f"wall_{low[1]}", f"hit_{low[1]}"])
    goes = names_of(draw, [f"go_{low[0]}", f"moves_{low[0]}"], [f"go_{low[1]}", f"moves_{low[1]}"])
    verb, name, timed = draw.one_of(
        ("SLEEP", ["dark", "night"], False),
        ("WAIT", ["halt", "danger"], False),
        ("JUMP", ["gap", "jump"], True),
        ("EAT", ["food", "leaf"], True),
        ("CHARGE", ["low_batt", "plug"], True),
    )
    ask = draw.name(*name)
    doing = draw.name(f"is_{verb.lower()}", f"{verb.lower()}_o", verb.lower() + "ing")
    wait = draw.integer(2, 9) if timed else 0
    first = draw.chance(0.5)
    places = _creature_places(ways, hits, (verb, ask, wait), turns_first=first)
    chart = Chart(places=places, inputs=(*hits, ask), outputs=tuple((n, 1) for n in (*goes, doing)))
    story = Story(
        title=f"a state machine for a {who} that goes {low[0]} and {low[1]}",
        intro=_creature_intro(draw, who, low, (hits[0], hits[1]), (verb.lower(), ask, wait)),
        module=who.replace(" ", "_"),
        parameters={"first": int(first)},
    )
    return drawn_chart(draw, timing, chart, story)


def _creature_places(
    ways: tuple[str, str], hits: Sequence[str], act: tuple[str, str, int], *, turns_first: bool
) -> tuple[Place, ...]:
    verb, ask, wait = act
    one, other = (f"{verb}_{way[0]}" if way[0] else verb for way in ways)
    walks, acts = [], []
    for at, (way, back, name) in enumerate(((ways[0], ways[1], one), (ways[1], ways[0], other))):
        rules: list[tuple[Condition, str]] = [(on(hits[at]), back), (on(ask), name)]
        walks.append(place(way, (1 - at, at, 0), *(rules if turns_first else rules[::-1])))
        if wait:
            acts.append(place(name, (0, 0, 1), wait=wait, then=way))
        else:
            acts.append(place(name, (0, 0, 1), (on(off=[ask]), way)))
    return (*walks, *acts)


def _creature_intro(
    draw: Draw, who: str, ways: Sequence[str], hits: tuple[str, str], act: tuple[str, str, int]
) -> str:
    verb, ask, wait = act
    how_long = f"for {counted(wait, 'cycle')}" if wait else f"for as long as {ask} is 1"
    return draw.phrase(
        f"A {who} moves {ways[0]} until {hits[0]} reports an obstacle, then {ways[1]} until"
        f" {hits[1]} does, and so on. On {ask} it will {verb} {how_long} and then go on in the"
        " direction it had.",
        f"In a game, a {who} walks to and fro between walls. It can also {verb}: {ask} makes it do"
        f" so {how_long}, after which it continues in the same direction as before.",
        f"We model a simple {who}. It turns around at obstacles, and when told by {ask} it will"
        f" {verb} {how_long}.",
        f"The machine steers a {who}: two directions, and one state to {verb} for each of them,"
        " so that the direction is not forgotten.",
    )


def _washer(draw: Draw) -> Drawn:
    """Draw an appliance with a program of timed phases."""
    draw.take("state", "next_state", "timer")
    timing = draw.timing()
    what, phases = draw.one_of(
        ("washing machine", ("FILL", "WASH", "RINSE", "DRAIN", "SPIN")),
        ("dishwasher", ("FILL", "HEAT", "WASH", "RINSE", "DRY")),
        ("coffee machine", ("GRIND", "HEAT", "BREW", "POUR", "CLEAN")),
        ("car wash", ("SOAK", "BRUSH", "FOAM", "RINSE", "DRY")),
        ("oven", ("PREHEAT", "BAKE", "GRILL", "COOL", "VENT")),
    )
    count = draw.integer(2, 5)
    chosen = draw.random.sample(phases, count)
    used = [phase for phase in phases if phase in chosen]
    waits = [draw.integer(1, 12) for _ in used]
    start = draw.name("start", "go", "begin_prog", "coin")
    stop = draw.name("stop", "cancel", "door_open", "abort") if draw.chance(0.6) else ""
    tells = [draw.name(f"{p.lower()}_on", f"{p.lower()}_en", f"do_{p.lower()}") for p in used]
    finish = draw.chance(0.4)
    places = _program(used, waits, start, stop, finish)
    if finish:
        tells.append(draw.name("done", "ready", "beep"))
    chart = Chart(
        places=places,
        inputs=tuple(x for x in (start, stop) if x),
        outputs=tuple((name, 1) for name in tells),
    )
    story = Story(
        title=f"a controller for a {what}",
        intro=_washer_intro(draw, what, used, start, stop),
        module=what.replace(" ", "_"),
        parameters={},
    )
    return drawn_chart(draw, timing, chart, story)


def _program(
    phases: Sequence[str], waits: Sequence[int], start: str, stop: str, finish: bool
) -> tuple[Place, ...]:
    count = len(phases) + finish
    last = "READY" if finish else "OFF"
    places = [place("OFF", [0] * count, (on(start), phases[0]))]
    for at, (phase, wait) in enumerate(zip(phases, waits, strict=True)):
        then = phases[at + 1] if at + 1 < len(phases) else last
        values = [int(i == at) for i in range(count)]
        rules = [(on(stop), "OFF")] if stop else []
        places.append(place(phase, values, *rules, wait=wait, then=then))
    if finish:
        values = [int(i == len(phases)) for i in range(count)]
        places.append(place("READY", values, (on(off=[start]), "OFF")))
    return tuple(places)


def _washer_intro(draw: Draw, what: str, phases: Sequence[str], start: str, stop: str) -> str:
    names = listed(phase.lower() for phase in phases)
    ends = f" {stop} ends it at any time." if stop else ""
    return draw.phrase(
        f"A {what} runs through the phases {names} once {start} is given.{ends}",
        f"Design the sequencer of a {what}: {names}.{ends}",
        f"When {start} is 1, the {what} begins its program, which consists of {names}.{ends}",
        f"The controller of a {what} switches on one thing after another: {names}.{ends}",
    )


def _lights(draw: Draw) -> Drawn:
    """Draw traffic lights with drawn times, sometimes with a request."""
    draw.take("state", "next_state", "timer")
    timing = draw.timing()
    request = draw.name("request", "walk_req", "car", "sensor") if draw.chance(0.5) else ""
    night = draw.name("night", "blink", "off_duty") if draw.chance(0.35) else ""
    colors = names_of(draw, ["red", "red_o", "r"], ["yellow", "amber", "yel"], ["green", "grn"])
    cycle = draw.one_of(("RED", "GREEN", "YELLOW"), ("RED", "RED_YELLOW", "GREEN", "YELLOW"))
    waits = {name: draw.integer(2, 15) for name in cycle}
    places = _cycle(cycle, waits, request, night)
    if not request and not night:
        hold = draw.name("hold", "freeze", "fault")
        places = tuple(
            place(p.name, p.outputs, (on(hold), "RED"), wait=p.wait, then=p.then)
            if p.name != "RED"
            else p
            for p in places
        )
        night = hold
    chart = Chart(
        places=places,
        inputs=tuple(x for x in (request, night) if x),
        outputs=tuple((name, 1) for name in colors),
    )
    return drawn_chart(draw, timing, chart, _lights_story(draw, cycle, request))


def _cycle(
    cycle: Sequence[str], waits: dict[str, int], request: str, night: str
) -> tuple[Place, ...]:
    shown = {"RED": (1, 0, 0), "RED_YELLOW": (1, 1, 0), "GREEN": (0, 0, 1), "YELLOW": (0, 1, 0)}
    places = []
    for at, name in enumerate(cycle):
        then = cycle[(at + 1) % len(cycle)]
        rules: list[tuple[Condition, str]] = [(on(night), "BLINK")] if night else []
        if name == "GREEN" and request:
            places.append(place(name, shown[name], *rules, (on(request), then)))
        else:
            places.append(place(name, shown[name], *rules, wait=waits[name], then=then))
    if night:
        ends = (on(off=[night]), "RED")
        places.append(place("BLINK", shown["YELLOW"], ends, wait=1, then="DARK"))
        places.append(place("DARK", (0, 0, 0), ends, wait=1, then="BLINK"))
    return tuple(places)


def _lights_story(draw: Draw, cycle: Sequence[str], request: str) -> Story:
    order = listed(name.lower().replace("_", " and ") for name in cycle)
    asked = f" Green lasts until {request} is seen." if request else ""
    return Story(
        title="a traffic light controller",
        intro=draw.phrase(
            f"A traffic light shows {order} in turn.{asked}",
            f"Control the lamps of a traffic light. The order is {order}, then again from the"
            f" beginning.{asked}",
            f"At a crossing the lamps go through {order}.{asked}",
            f"Implement the state machine of a traffic light with given times.{asked}",
        ),
        module="traffic_light",
        parameters={},
    )


def _gate(draw: Draw) -> Drawn:
    """Draw a door or gate that opens, stays open and closes."""
    draw.take("state", "next_state", "timer")
    timing = draw.timing()
    what = draw.one_of("gate", "garage door", "sliding door", "barrier", "lift bridge")
    ask, top, bottom = names_of(
        draw,
        ["button", "open_req", "remote", "ticket"],
        ["is_open", "top", "end_open"],
        ["is_closed", "bottom", "end_closed"],
    )
    block = draw.name("blocked", "obstacle", "beam") if draw.chance(0.6) else ""
    up, down = names_of(draw, ["motor_open", "raise", "m_up"], ["motor_close", "lower", "m_down"])
    lamp = draw.name("lamp", "warn", "moving") if draw.chance(0.5) else ""
    wait = draw.integer(2, 14) if draw.chance(0.7) else 0
    rules: list[tuple[Condition, str]] = [(on(block), "OPENING")] if block else []
    again = draw.chance(0.5)
    if again:
        rules.append((on(ask), "OPENING"))
    rules.append((on(bottom), "CLOSED"))
    opened = place("OPENED", (0, 0, 0), wait=wait, then="CLOSING")
    if not wait:
        opened = place("OPENED", (0, 0, 0), (on(ask), "CLOSING"))
    places = (
        place("CLOSED", (0, 0, 0), (on(ask), "OPENING")),
        place("OPENING", (1, 0, 1), (on(top), "OPENED")),
        opened,
        place("CLOSING", (0, 1, 1), *rules),
    )
    told = (up, down, lamp) if lamp else (up, down)
    chart = Chart(
        places=tuple(place_cut(p, len(told)) for p in places),
        inputs=tuple(x for x in (ask, top, bottom, block) if x),
        outputs=tuple((name, 1) for name in told),
    )
    return drawn_chart(draw, timing, chart, _gate_story(draw, what, ask, block))


def place_cut(given: Place, count: int) -> Place:
    """Return a place with only the first `count` outputs."""
    return Place(
        name=given.name,
        outputs=given.outputs[:count],
        rules=given.rules,
        wait=given.wait,
        then=given.then,
    )


def _gate_story(draw: Draw, what: str, ask: str, block: str) -> Story:
    safe = f" If {block} is 1 while it closes, it opens again." if block else ""
    return Story(
        title=f"a controller for a {what}",
        intro=draw.phrase(
            f"A {what} is opened by {ask} and closes later.{safe}",
            f"The motor of a {what} is switched by a state machine with end switches.{safe}",
            f"Build the control of a {what}.{safe}",
            f"Someone presses {ask}, and the {what} opens.{safe}",
        ),
        module=what.replace(" ", "_"),
        parameters={},
    )


FAMILIES = (
    Family(name="named-machine", kind="controllers", draw=_named, weight=2.0),
    Family(name="creature", kind="controllers", draw=_creature),
    Family(name="appliance", kind="controllers", draw=_washer),
    Family(name="traffic-light", kind="controllers", draw=_lights),
    Family(name="gate-controller", kind="controllers", draw=_gate),
)
"""The families of this module."""
