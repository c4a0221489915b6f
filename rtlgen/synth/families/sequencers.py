"""Controllers told by rules: handshakes, turnstiles, alarms, chargers, gear boxes, phases."""

from __future__ import annotations

from collections.abc import Sequence

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family
from rtlgen.synth.families._chart import Chart, Condition, Place, on, place
from rtlgen.synth.families._chart_words import Story, drawn_chart, names_of
from rtlgen.synth.families._words import counted, listed

INTERNAL = ("state", "next_state", "timer")


def _chart(places: Sequence[Place], asks: Sequence[str], tells: Sequence[str]) -> Chart:
    return Chart(
        places=tuple(places),
        inputs=tuple(name for name in asks if name),
        outputs=tuple((name, 1) for name in tells),
    )


def _delayed_ack(draw: Draw) -> Drawn:
    """Draw a machine that answers a request after some cycles."""
    draw.take(*INTERNAL)
    timing = draw.timing()
    ask, ack = names_of(draw, ["req", "start", "go", "call"], ["ack", "answer", "served", "okay"])
    cancel = draw.name("cancel", "abort", "drop") if draw.chance(0.4) else ""
    busy = draw.name("busy", "working", "waiting") if draw.chance(0.6) else ""
    wait, four = draw.integer(1, 16), draw.chance(0.5)
    rules = [(on(cancel), "IDLE")] if cancel else []
    ends = place("ANSWER", (1, 0), (on(off=[ask]), "IDLE"))
    if not four:
        length = draw.integer(1, 3)
        ends = place("ANSWER", (1, 0), wait=length, then="IDLE")
    places = [
        place("IDLE", (0, 0), (on(ask), "WORK")),
        place("WORK", (0, 1), *rules, wait=wait, then="ANSWER"),
        ends,
    ]
    told = [ack, busy] if busy else [ack]
    kept = [_cut(p, len(told)) for p in places]
    until = f" until {ask} is withdrawn" if four else ""
    story = Story(
        title="a controller that acknowledges after a delay",
        intro=draw.phrase(
            f"A request on {ask} is answered on {ack} after {counted(wait, 'cycle')}{until}.",
            f"{ask} starts some work that takes {counted(wait, 'cycle')}; then {ack} is given"
            f"{until}.",
            f"Implement a handshake: {ask} comes in, {ack} goes out with a fixed delay.",
            f"The state machine waits for {ask}, works for {counted(wait, 'cycle')} and"
            f" acknowledges with {ack}.",
        ),
        module="delayed_ack",
        parameters={},
    )
    return drawn_chart(draw, timing, _chart(kept, (ask, cancel), told), story)


def _cut(given: Place, count: int) -> Place:
    return place(
        given.name,
        given.outputs[:count],
        *((rule.when, rule.to) for rule in given.rules),
        wait=given.wait,
        then=given.then,
    )


def _requester(draw: Draw) -> Drawn:
    """Draw the asking side of a handshake, with a limit on how long it waits."""
    draw.take(*INTERNAL)
    timing = draw.timing()
    go, ack = names_of(draw, ["go", "send", "start", "kick"], ["ack", "gnt", "accepted"])
    req, done = names_of(draw, ["req", "request", "valid_o"], ["done", "success", "okay"])
    error = draw.name("error", "timeout", "failed")
    retry = draw.chance(0.4)
    limit, pause = draw.integer(2, 15), draw.integer(1, 6)
    places = [
        place("IDLE", (0, 0, 0), (on(go), "ASK")),
        place("ASK", (1, 0, 0), (on(ack), "GOOD"), wait=limit, then="FAIL"),
        place("GOOD", (0, 1, 0), (on(off=[ack]), "IDLE")),
        place("FAIL", (0, 0, 1), wait=pause, then="ASK" if retry else "IDLE"),
    ]
    story = Story(
        title="a requester with time-out",
        intro=draw.phrase(
            f"After {go} the machine raises {req} and waits for {ack}, but not longer than"
            f" {counted(limit, 'cycle')}.",
            f"This is the asking side of a handshake with {req} and {ack}; it gives up after"
            f" {counted(limit, 'cycle')}.",
            f"Ask with {req} until {ack} comes. If it takes too long, {error} is raised.",
            f"A bus master requests with {req}. It reports {done} or {error}.",
        ),
        module="requester",
        parameters={},
    )
    return drawn_chart(draw, timing, _chart(places, (go, ack), (req, done, error)), story)


def _turnstile(draw: Draw) -> Drawn:
    draw.take(*INTERNAL)
    timing = draw.timing()
    what = draw.one_of("turnstile", "ticket barrier", "revolving door", "safe", "locker")
    pay, push = names_of(draw, ["coin", "card", "ticket", "badge"], ["push", "passed", "turn"])
    free, alarm = names_of(draw, ["unlocked", "opened", "bolt_off"], ["alarm", "bell", "siren"])
    clear = draw.name("guard", "ack", "quiet") if draw.chance(0.5) else ""
    limit = draw.integer(3, 14) if draw.chance(0.6) else 0
    first = draw.chance(0.5)
    rules: list[tuple[Condition, str]] = [(on(pay), "OPEN"), (on(push), "ALERT")]
    opened = place("OPEN", (1, 0), (on(push), "LOCKED"), wait=limit, then="LOCKED")
    alert = place("ALERT", (0, 1), wait=draw.integer(2, 12), then="LOCKED")
    if clear:
        alert = place("ALERT", (0, 1), (on(clear), "LOCKED"))
    places = [place("LOCKED", (0, 0), *(rules if first else rules[::-1])), opened, alert]
    story = Story(
        title=f"a controller for a {what}",
        intro=draw.phrase(
            f"A {what} lets one person through after {pay}. A {push} without it sets off an alarm.",
            f"The {what} is locked. {pay} unlocks it, {push} says that somebody went through.",
            f"Control a {what} by a state machine.",
            f"Whoever wants to use the {what} needs {pay} first.",
        ),
        module=what.replace(" ", "_"),
        parameters={},
    )
    return drawn_chart(draw, timing, _chart(places, (pay, push, clear), (free, alarm)), story)


def _alarm(draw: Draw) -> Drawn:
    draw.take(*INTERNAL)
    timing = draw.timing()
    arm, trip = names_of(draw, ["arm", "armed_sw", "key_on"], ["motion", "sensor", "window"])
    off = draw.name("disarm", "code_ok", "key_off")
    light, siren = names_of(draw, ["armed", "led", "on_guard"], ["siren", "bell", "alarm"])
    away, entry = draw.integer(2, 15), draw.integer(2, 15)
    sounding = draw.integer(4, 20) if draw.chance(0.5) else 0
    places = [
        place("OFF", (0, 0), (on(arm), "LEAVING")),
        place("LEAVING", (0, 0), (on(off), "OFF"), wait=away, then="WATCH"),
        place("WATCH", (1, 0), (on(off), "OFF"), (on(trip), "ENTRY")),
        place("ENTRY", (1, 0), (on(off), "OFF"), wait=entry, then="SOUND"),
        place("SOUND", (1, 1), (on(off), "OFF"), wait=sounding, then="WATCH" if sounding else ""),
    ]
    story = Story(
        title="a burglar alarm controller",
        intro=draw.phrase(
            f"An alarm system is switched on by {arm}; there is time to leave the house, and time"
            f" to give {off} when coming back.",
            f"When {trip} is seen while the system is on guard, the siren follows unless {off}"
            " comes in time.",
            "Implement the state machine of a burglar alarm with delays for leaving and entering.",
            f"The house is watched by {trip}.",
        ),
        module="burglar_alarm",
        parameters={},
    )
    return drawn_chart(draw, timing, _chart(places, (arm, trip, off), (light, siren)), story)


def _charger(draw: Draw) -> Drawn:
    draw.take(*INTERNAL)
    timing = draw.timing()
    plug, full = names_of(
        draw, ["plugged", "connected", "ac_ok"], ["full", "v_max", "battery_full"]
    )
    hot = draw.name("hot", "over_temp", "too_warm")
    fast, slow = names_of(draw, ["fast", "charge", "high_i"], ["trickle", "keep", "low_i"])
    cool = draw.integer(2, 15)
    warns = draw.chance(0.5)
    fault = draw.name("fault", "warn", "led_red")
    places = [
        place("UNPLUGGED", (0, 0, 0), (on(plug), "CHARGE")),
        place(
            "CHARGE",
            (1, 0, 0),
            (on(off=[plug]), "UNPLUGGED"),
            (on(hot), "COOL"),
            (on(full), "KEEP"),
        ),
        place("KEEP", (0, 1, 0), (on(off=[plug]), "UNPLUGGED"), (on(off=[full]), "CHARGE")),
        place("COOL", (0, 0, 1), (on(off=[plug]), "UNPLUGGED"), wait=cool, then="CHARGE"),
    ]
    told = [fast, slow, fault] if warns else [fast, slow]
    story = Story(
        title="a battery charger controller",
        intro=draw.phrase(
            f"A battery is charged while {plug} is 1, with a pause if it becomes hot and a small"
            " current once it is full.",
            "Implement the control of a battery charger.",
            f"The charger reacts to {listed([plug, full, hot])}.",
            f"{fast} switches the large current on, {slow} the small one.",
        ),
        module="battery_charger",
        parameters={},
    )
    kept = [_cut(p, len(told)) for p in places]
    return drawn_chart(draw, timing, _chart(kept, (plug, full, hot), told), story)


def _gears(draw: Draw) -> Drawn:
    """Draw a gear box or fan whose steps go up and down one by one."""
    draw.take(*INTERNAL)
    timing = draw.timing()
    what = draw.one_of("gear box", "fan", "lamp dimmer", "conveyor")
    up, down = names_of(draw, ["up", "faster", "plus"], ["down", "slower", "minus"])
    stop = draw.name("brake", "off", "stop", "park") if draw.chance(0.6) else ""
    count = draw.integer(3, 7)
    wraps, first = draw.chance(0.25), draw.chance(0.5)
    level = draw.name("level", "gear", "speed", "step_o")
    width = (count - 1).bit_length()
    names = [f"STEP{i}" if i else "OFF" for i in range(count)]
    places = []
    for at, name in enumerate(names):
        rules: list[tuple[Condition, str]] = [(on(stop), "OFF")] if stop and at else []
        moves: list[tuple[Condition, str]] = []
        if at + 1 < count or wraps:
            moves.append((on(up), names[(at + 1) % count]))
        if at or wraps:
            moves.append((on(down), names[at - 1]))
        places.append(place(name, (at,), *rules, *(moves if first else moves[::-1])))
    chart = Chart(
        places=tuple(places),
        inputs=tuple(name for name in (up, down, stop) if name),
        outputs=((level, width),),
    )
    story = Story(
        title=f"a controller for a {what} with {counted(count, 'step')}",
        intro=draw.phrase(
            f"A {what} has {count} steps; {up} and {down} move between them, one step per cycle.",
            f"The {what} is switched with {up} and {down}. {level} is the number of the step.",
            f"Design the state machine that selects the step of a {what}.",
            f"{level} tells the {what} how fast to go.",
        ),
        module=what.replace(" ", "_"),
        parameters={"width": width},
    )
    return drawn_chart(draw, timing, chart, story)


def _phases(draw: Draw) -> Drawn:
    """Draw a sequencer with one output per phase, each with its own time."""
    draw.take(*INTERNAL)
    timing = draw.timing()
    count = draw.integer(3, 6)
    skip = draw.name("skip", "next_phase", "advance") if draw.chance(0.6) else ""
    halt = draw.name("restart", "home", "first") if draw.chance(0.5) or not skip else ""
    stem = draw.one_of("phase", "en", "step", "slot")
    tells = [f"{stem}{i}" for i in range(count)]
    draw.take(*tells)
    waits = [draw.integer(1, 9) for _ in range(count)]
    names = [f"P{i}" for i in range(count)]
    places = []
    for at, name in enumerate(names):
        then = names[(at + 1) % count]
        rules: list[tuple[Condition, str]] = []
        if halt and at:
            rules.append((on(halt), "P0"))
        if skip:
            rules.append((on(skip), then))
        outs = [int(i == at) for i in range(count)]
        places.append(place(name, outs, *rules, wait=waits[at], then=then))
    story = Story(
        title=f"a sequencer with {counted(count, 'phase')}",
        intro=draw.phrase(
            f"A sequencer goes through {count} phases in a circle and has one output for each.",
            f"Exactly one of {listed(tells)} is 1 at any time; they take turns.",
            "Build a one-hot sequencer whose phases have different lengths.",
            f"{count} units are switched on one after another, each for its own time.",
        ),
        module="phase_sequencer",
        parameters={},
    )
    return drawn_chart(draw, timing, _chart(places, (skip, halt), tells), story)


FAMILIES = (
    Family(name="delayed-ack", kind="controllers", draw=_delayed_ack),
    Family(name="requester", kind="controllers", draw=_requester),
    Family(name="turnstile", kind="controllers", draw=_turnstile),
    Family(name="burglar-alarm", kind="controllers", draw=_alarm, weight=0.7),
    Family(name="battery-charger", kind="controllers", draw=_charger, weight=0.6),
    Family(name="step-selector", kind="controllers", draw=_gears),
    Family(name="phase-sequencer", kind="controllers", draw=_phases),
)
"""The families of this module."""
