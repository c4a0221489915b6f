"""State charts told in sentences, arrows and lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import ClockAndReset, Drawn, Words, inputs, outputs
from rtlgen.synth.families._chart import Chart, Condition, Place
from rtlgen.synth.families._chart_rtl import ChartCode, chart_code, chart_slips
from rtlgen.synth.families._tour import letters, tour
from rtlgen.synth.families._words import counted, listed, sentence

Way = Callable[[Place], str]


def is_value(when: Condition) -> str:
    """Return `go is 1 and stop is 0`."""
    return " and ".join(f"{name} is {value}" for name, value in when)


def is_level(when: Condition) -> str:
    """Return `go is high and stop is low`."""
    return " and ".join(f"{name} is {'high' if value else 'low'}" for name, value in when)


def equals(when: Condition) -> str:
    """Return `go=1, stop=0`."""
    return ", ".join(f"{name}={value}" for name, value in when)


def _in_state(place: Place, told: Callable[[Condition], str]) -> str:
    steps = [f"if {told(rule.when)}, go to {rule.to}" for rule in place.rules]
    return f"In {place.name}: {'; otherwise, '.join([*steps, _rest(place, bool(steps))])}."


def _rest(place: Place, more: bool) -> str:
    if not place.wait:
        return "stay there" if more else "stay there until reset"
    if place.wait == 1:
        return f"go to {place.then} at the next clock edge"
    if not more:
        return f"stay for {place.wait} cycles and then go to {place.then}"
    return f"go to {place.then} once {place.wait} cycles have been spent here, else stay"


def _leads(place: Place, told: Callable[[Condition], str]) -> str:
    steps = [f"to {rule.to} when {told(rule.when)}" for rule in place.rules]
    if place.wait == 1:
        steps.append(f"to {place.then} unconditionally" if not steps else f"else to {place.then}")
    elif place.wait:
        steps.append(f"to {place.then} after {place.wait} cycles in it")
    if not steps:
        return f"From {place.name} there is no way out but reset."
    stays = "" if place.wait else f", and stays in {place.name} otherwise"
    return f"From {place.name} the machine goes {', else '.join(steps)}{stays}.".replace(
        "else else", "else"
    )


def _short(place: Place, told: Callable[[Condition], str]) -> str:
    steps = [f"{told(rule.when)}: {rule.to}" for rule in place.rules]
    if place.wait == 1:
        steps.append(f"next cycle: {place.then}")
    elif place.wait:
        steps.append(f"after {place.wait} cycles: {place.then}")
    else:
        steps.append("otherwise: stay")
    return f"{place.name}: {' / '.join(steps)}."


def sentences(draw: Draw, chart: Chart) -> list[str]:
    """Return a sentence a place."""
    way = draw.words.choice((_in_state, _in_state, _leads, _short))
    told = draw.words.choice((is_value, is_value, is_level, equals))
    return [way(place, told) for place in chart.places]


def order_note(draw: Draw, chart: Chart) -> str:
    """Return that the order of conditions counts, where it does."""
    if all(len(place.rules) + (place.wait > 1) < 2 for place in chart.places):
        return ""
    return draw.phrase(
        "Where several conditions hold, the one named first counts.",
        "Conditions are tested in the order in which they are given.",
        "If more than one condition of a state is met, the first of them wins.",
    )


def time_note(draw: Draw, chart: Chart) -> str:
    """Return how waiting is counted, where there is any."""
    if not chart.timed:
        return ""
    return draw.phrase(
        "Cycles in a state are counted from the first cycle in which the machine is in it, and"
        " start again each time it is entered.",
        "A state that lasts n cycles is the current state in exactly n consecutive clock cycles"
        " unless another condition ends it earlier.",
        "A stay of n cycles means that n clock edges pass from entering the state to leaving it.",
    )


def output_words(draw: Draw, chart: Chart) -> list[str]:
    """Return a sentence an output."""
    way = draw.words.choice((_output_by_states, _output_by_states, _output_short))
    return [way(chart, at) for at in range(len(chart.outputs))]


def _output_by_states(chart: Chart, at: int) -> str:
    name, width = chart.outputs[at]
    if width > 1:
        told = [f"{place.outputs[at]} in {place.name}" for place in chart.places]
        return f"{name} is {listed(told)}."
    return f"{name} is 1 in {listed(_ones(chart, at), 'or')} and 0 in every other state."


def _output_short(chart: Chart, at: int) -> str:
    name, width = chart.outputs[at]
    if width > 1:
        told = [f"{place.name} {place.outputs[at]}" for place in chart.places]
        return f"Value of {name} by state: {', '.join(told)}."
    return f"{name} is high exactly while the state is {listed(_ones(chart, at), 'or')}."


def _ones(chart: Chart, at: int) -> list[str]:
    return [place.name for place in chart.places if place.outputs[at]]


def arrows(draw: Draw, chart: Chart) -> str:
    """Return all transitions as arrows, outputs beside the states."""
    form = draw.words.choice(("{a} --{c}--> {b}", "{a} -> {b} : {c}", "{a} --({c})--> {b}"))
    return "\n".join(line for place in chart.places for line in _place_arrows(chart, place, form))


def _place_arrows(chart: Chart, place: Place, form: str) -> list[str]:
    pairs = zip(chart.outputs, place.outputs, strict=True)
    left = f"{place.name} [{', '.join(f'{n}={v}' for (n, _), v in pairs)}]"
    steps = [(equals(rule.when), rule.to) for rule in place.rules]
    if place.wait > 1:
        steps.append((f"after {place.wait} cycles", place.then))
    last = place.then if place.wait == 1 else place.name
    steps.append(("otherwise" if steps else "always", last))
    return [form.format(a=left, c=label, b=to) for label, to in steps]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a chart is about."""

    title: str
    intro: str
    """One or more sentences that need not say everything."""
    module: str
    parameters: dict[str, int | str]


def chart_words(draw: Draw, chart: Chart, story: Story) -> Words:
    """Return the words for a chart."""
    drawing = draw.words.random() < 0.35
    notes = [order_note(draw, chart), time_note(draw, chart)]
    steps = [sentence(s) for s in sentences(draw, chart)]
    results = output_words(draw, chart)
    if drawing:
        where = draw.phrase(
            "States, outputs and transitions are listed below.",
            "The state diagram below says it all; outputs stand in brackets beside the state.",
            "Below: state, outputs in brackets, condition, next state.",
        )
        steps, results = [where], []
    facts = [s for s in [*steps, *notes, *results] if s]
    names = listed(place.name for place in chart.places)
    opening = draw.phrase(
        f"It has {counted(len(chart.places), 'state')}: {names}.",
        f"Its states are {names}.",
        f"Use a Moore machine with the states {names}.",
        "",
    )
    return Words(
        title=story.title,
        terse=f"{story.title}. {' '.join(facts)}",
        plain=" ".join(part for part in [story.intro, opening, *facts] if part),
        points=(story.intro, *facts),
        after_reset=draw.phrase(
            f"the machine is in {chart.places[0].name}",
            f"the state is {chart.places[0].name}",
        ),
        fragment=arrows(draw, chart) if drawing else "",
    )


def drawn_chart(draw: Draw, timing: ClockAndReset, chart: Chart, story: Story) -> Drawn:
    """Return the instance that a chart is."""
    code: ChartCode = chart_code(draw, chart, timing)
    given = letters(*((name, 1) for name in chart.inputs))
    return Drawn(
        parameters={"chart": chart.key(), **story.parameters},
        ports=(*inputs(*((n, 1) for n in chart.inputs)), *outputs(*chart.outputs)),
        timing=timing,
        words=chart_words(draw, chart, story),
        body=code.body(),
        registered=code.registered(),
        behavior=chart.behavior(),
        vectors=tour(chart.behavior(), given, limit=300, key=chart.kind),
        slips=chart_slips(draw, code),
        module=story.module,
    )


def names_of(draw: Draw, *roles: Sequence[str]) -> list[str]:
    """Return an unused port name for each list of alternatives."""
    return [draw.name(*alternatives) for alternatives in roles]
