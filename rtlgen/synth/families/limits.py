"""Limits and ranges: clamp, zones, absolute difference."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    always,
    corners,
    decimal,
    design,
    listed,
    mask,
    read,
    signed,
)

_ZONES = (
    ("cold", "comfortable", "hot"),
    ("low", "normal", "high"),
    ("empty", "half", "full"),
    ("slow", "cruise", "fast"),
    ("quiet", "normal", "loud"),
    ("dark", "dim", "bright"),
)


def _clamp(draw: Draw) -> Drawn:
    width = draw.one_of(4, 8, 8, 8, 16)
    is_signed = draw.chance(0.3)
    value, out = draw.name("data"), draw.name("result")
    edge = 1 << (width - 1)
    low = draw.integer(-edge + 1, -1) if is_signed else draw.integer(1, edge // 2)
    high = draw.integer(1, edge - 1) if is_signed else draw.integer(low + 1, mask(width) - 1)
    from_ports = not is_signed and draw.chance(0.3)
    lower, upper = ("lo", "hi") if from_ports else ("", "")
    first = lower or (f"-{width}'sd{-low}" if is_signed else decimal(width, low))
    last = upper or (f"{width}'sd{high}" if is_signed else decimal(width, high))
    number = read(value, is_signed)
    body = f"assign {out} = ({number} < {first}) ? {first} :\n"
    body += f"    ({number} > {last}) ? {last} : {value};"
    steps = always(
        f"if ({number} < {first})\n    {out} = {first};\n"
        f"else if ({number} > {last})\n    {out} = {last};\nelse\n    {out} = {value};"
    )

    def model(given: Values) -> Outputs:
        if from_ports:
            if given[lower] > given[upper]:
                return {
                    out: given[lower]
                    if given[value] < given[lower]
                    else given[upper]
                    if given[value] > given[upper]
                    else given[value]
                }
            return {out: max(given[lower], min(given[upper], given[value]))}
        x = signed(given[value], width) if is_signed else given[value]
        return {out: max(low, min(high, x)) & mask(width)}

    ends = (lower, upper) if from_ports else (str(low), str(high))
    kind_text = "signed (two's complement)" if is_signed else "unsigned"
    order = (
        f"check the lower limit first: if {value} is below {ends[0]}, {out} is {ends[0]}; otherwise"
    )
    special = (
        f" ({lower} is compared first, in case that {lower} exceeds {upper})" if from_ports else ""
    )
    return design(
        module="clamp",
        parameters={"width": width, "low": low, "high": high, "ports": int(from_ports)},
        ins=[(value, width), *([(lower, width), (upper, width)] if from_ports else [])],
        outs=[(out, width)],
        words=Words(
            title=f"{width}-bit limiter",
            terse=f"a limiter that keeps the {kind_text} value {value} between {ends[0]} and "
            f"{ends[1]}: {out} is {ends[0]} below, {ends[1]} above, and {value} in "
            f"between{special}",
            plain=draw.phrase(
                f"Clamp the {kind_text} number {value}. If it is less than {ends[0]}, {out} is "
                f"{ends[0]}; otherwise, if it is greater than {ends[1]}, {out} is {ends[1]}; "
                "otherwise "
                f"{out} is {value} itself.",
                f"{out} follows {value} but never leaves the range: {order}, if it is above "
                f"{ends[1]}, "
                f"{out} is {ends[1]}; in all other cases {out} equals {value}. Numbers are "
                f"{kind_text}.",
                f"Keep {value} within limits. Whenever {value} < {ends[0]}, output {ends[0]} on "
                f"{out}; else, whenever {value} > {ends[1]}, output {ends[1]}; else pass {value} "
                f"through. All numbers are {kind_text}.",
                f"A sensor value {value} ({kind_text}) may be out of range. {out} shows {ends[0]} "
                f"if it is smaller than {ends[0]}; otherwise {ends[1]} if it is larger than "
                f"{ends[1]}; otherwise the value as it is.",
            ),
            points=(
                f"Numbers are {kind_text}.",
                f"If {value} < {ends[0]}, {out} = {ends[0]}.",
                f"Otherwise, if {value} > {ends[1]}, {out} = {ends[1]}.",
                f"Otherwise {out} = {value}.",
            ),
        ),
        coding=draw.style((body, ()), (steps, (out,))),
        model=model,
        slips={
            "limits-swapped": body.replace(f"? {first} :", "? @ :")
            .replace(f"? {last} :", f"? {first} :")
            .replace("? @ :", f"? {last} :"),
            "upper-limit-missing": f"assign {out} = ({number} < {first}) ? {first} : {value};",
        },
        vectors=[
            {value: v & mask(width)} for v in (low - 1, low, low + 1, high - 1, high, high + 1)
        ],
    )


def _zones(draw: Draw) -> Drawn:
    width = draw.one_of(4, 6, 8, 8, 10)
    value = draw.name("level", "temp", "speed", "value", "sensor", "adc")
    names = draw.one_of(*_ZONES)
    draw.take(*names)
    top = mask(width)
    first = draw.integer(1, top // 2)
    second = draw.integer(first + 1, top - 1)
    low, middle, high = names
    x1, x2 = decimal(width, first), decimal(width, second)
    inclusive = draw.chance(0.5)
    over, at = (">", ">") if not inclusive else (">=", ">=")
    lines = [
        f"{low} = ({value} < {x1});",
        f"{middle} = ({value} >= {x1}) && ({value} {'<' if inclusive else '<='} {x2});",
        f"{high} = ({value} {over} {x2});",
    ]
    body = "\n".join(f"assign {line}" for line in lines)
    steps = always(
        f"{low} = 1'b0;\n{middle} = 1'b0;\n{high} = 1'b0;\nif ({value} < {x1})\n    {low} = 1'b1;\n"
        f"else if ({value} {at} {x2})\n    {high} = 1'b1;\nelse\n    {middle} = 1'b1;"
    )

    def model(given: Values) -> Outputs:
        x = given[value]
        above = x >= second if inclusive else x > second
        return {low: int(x < first), middle: int(x >= first and not above), high: int(above)}

    where = (
        f"below {first}",
        f"from {first} to {second - 1}" if inclusive else f"from {first} to {second}",
        f"{second} or more" if inclusive else f"above {second}",
    )
    rule = listed([f"{n} if it is {w}" for n, w in zip(names, where, strict=True)])
    return design(
        module="threshold_detector",
        parameters={"width": width, "first": first, "second": second, "inclusive": int(inclusive)},
        ins=[(value, width)],
        outs=[(name, 1) for name in names],
        words=Words(
            title="threshold detector",
            terse=f"a detector that sorts the unsigned {value} into three ranges: {rule}",
            plain=draw.phrase(
                f"{value} is an unsigned reading. Exactly one of three lamps is on: {rule}.",
                f"Sort the unsigned number {value} into three ranges. The output {rule} is 1, and "
                "the "
                "other two outputs are 0.",
                f"The three outputs tell where {value} lies. Of {listed(names)}, set {rule}; the "
                "others "
                f"are 0. {value} is unsigned.",
            ),
            points=tuple(
                f"{n} is 1 if {value} is {w}, otherwise 0."
                for n, w in zip(names, where, strict=True)
            ),
        ),
        coding=draw.style((body, ()), (body, ()), (steps, tuple(names))),
        model=model,
        slips={
            "limit-off-by-one": body.replace(f"< {x1}", f"<= {x1}").replace(f">= {x1}", f"> {x1}"),
            "two-ranges-swapped": body.replace(f"{low} =", "@ =")
            .replace(f"{high} =", f"{low} =")
            .replace("@ =", f"{high} ="),
        },
        vectors=[{value: v} for v in (first - 1, first, first + 1, second - 1, second, second + 1)],
    )


def _difference(draw: Draw) -> Drawn:
    width = draw.one_of(4, 8, 8, 16, 32)
    left, right = draw.name("left"), draw.name("right")
    out = draw.name("diff", "distance", "abs_diff", "out")
    flag = draw.name("neg", "swapped", "a_smaller", "less") if draw.chance(0.3) else ""
    extra = f"\nassign {flag} = ({left} < {right});" if flag else ""
    body = f"assign {out} = ({left} > {right}) ? {left} - {right} : {right} - {left};{extra}"
    steps = (
        f"if ({left} > {right})\n    {out} = {left} - {right};\nelse\n    {out} = {right} - {left};"
    )
    steps += f"\n{flag} = ({left} < {right});" if flag else ""
    told = f" {flag} is 1 when {left} is less than {right}, otherwise 0." if flag else ""
    return design(
        module="absolute_difference",
        parameters={"width": width, "flag": int(bool(flag))},
        ins=[(left, width), (right, width)],
        outs=[(out, width), *([(flag, 1)] if flag else [])],
        words=Words(
            title=f"{width}-bit absolute difference",
            terse=f"the absolute difference of the unsigned numbers {left} and {right} on {out}"
            + (f", with {flag} = 1 if {left} is less than {right}" if flag else ""),
            plain=draw.phrase(
                f"{out} is |{left} - {right}| for unsigned {width}-bit numbers.{told}",
                f"Subtract the smaller of {left} and {right} from the larger one; the result on "
                f"{out} is "
                f"never negative. Both are unsigned.{told}",
                f"How far apart are {left} and {right}? Give the distance on {out}. All numbers "
                "are "
                f"unsigned.{told}",
            ),
            points=(
                f"If {left} is greater than {right}, {out} = {left} - {right}.",
                f"Otherwise {out} = {right} - {left}.",
                *([told.strip()] if told else []),
                "Numbers are unsigned.",
            ),
        ),
        coding=draw.style((body, ()), (steps and always(steps), (out, *([flag] if flag else [])))),
        model=lambda given: {
            out: abs(given[left] - given[right]),
            **({flag: int(given[left] < given[right])} if flag else {}),
        },
        slips={
            "no-absolute-value": f"assign {out} = {left} - {right};{extra}",
            "branches-swapped": body.replace(f"({left} > {right})", f"({left} < {right})", 1),
        },
        vectors=corners((left, width), (right, width)),
    )


FAMILIES = (
    Family(name="clamp", kind="comparators", draw=_clamp),
    Family(name="threshold-zones", kind="comparators", draw=_zones),
    Family(name="absolute-difference", kind="comparators", draw=_difference, weight=0.6),
)
"""The families of this module."""
