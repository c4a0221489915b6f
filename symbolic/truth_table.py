"""Boolean functions as tables of cubes, with don't-cares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from symbolic.cubes import (
    Cube,
    complement,
    cube_from_text,
    cube_text,
    intersects,
    minterm,
    overlaps,
)
from symbolic.minimize import Function, minterms_of
from symbolic.names import check_names, check_pattern
from symbolic.reference_source import truth_table_source

ENUMERABLE_INPUTS = 16
"""Most inputs for which minterms are listed one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table: where `inputs` matches, `outputs` holds.

    Both are strings over `0`, `1` and `-`, one character per name of the
    table. `-` on the left matches both values; on the right it is a
    don't-care.
    """

    inputs: str
    outputs: str

    def __str__(self) -> str:
        return f"{self.inputs or '(any)'} -> {self.outputs}"


_Index = tuple[tuple[int, dict[int, str]], ...]
"""For each set of tested bits, the outputs by the values of those bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthTable:
    """A multi-output Boolean function, possibly incompletely specified.

    Names are single bits as Verilog writes them: `a`, or `x[3]`. Rows that
    overlap agree wherever both are specified. It satisfies
    `testbench_gen.reference.ReferenceModel`.

    Raises:
        ValueError: A name is malformed or repeated, a row has the wrong length or
            alphabet, or two rows contradict each other; the message shows which.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[Row, ...]
    default: str | None = None
    """Outputs where no row matches ("anything else"); None: nothing is said, a don't-care."""
    _index: _Index = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        check_names(self.inputs, "input")
        check_names(self.outputs, "output")
        if not self.outputs:
            raise ValueError("a truth table needs at least one output")
        both = set(self.inputs) & set(self.outputs)
        if both:
            raise ValueError(f"{min(both)!r} cannot be both input and output of a truth table")
        for number, row in enumerate(self.rows, 1):
            check_pattern(row.inputs, len(self.inputs), f"inputs of row {number}")
            check_pattern(row.outputs, len(self.outputs), f"outputs of row {number}")
        if self.default is not None:
            check_pattern(self.default, len(self.outputs), "default")
        object.__setattr__(self, "_index", _build_index(self.rows))

    # -- constructors -------------------------------------------------------

    @classmethod
    def from_minterms(
        cls,
        *,
        inputs: Sequence[str],
        output: str,
        minterms: Iterable[int] = (),
        dont_cares: Iterable[int] = (),
        maxterms: Iterable[int] | None = None,
    ) -> TruthTable:
        """Build a function of one output from lists of point numbers.

        The first input is the most significant bit of a number. With `maxterms`
        given the function is 1 everywhere else, otherwise 0 outside `minterms`.

        Raises:
            ValueError: A number is out of range or in two lists, or both
                `minterms` and `maxterms` are given.
        """
        ones, free = tuple(minterms), tuple(dont_cares)
        if maxterms is not None and ones:
            raise ValueError("a function is given by minterms or by maxterms, not by both")
        listed = ones if maxterms is None else tuple(maxterms)
        value, other = ("1", "0") if maxterms is None else ("0", "1")
        kind = "minterm" if maxterms is None else "maxterm"
        for number in (*listed, *free):
            if not 0 <= number < 1 << len(inputs):
                raise ValueError(
                    f"a {kind} of {len(inputs)} inputs must be in 0 to "
                    f"{(1 << len(inputs)) - 1}, not {number}"
                )
        clash = set(listed) & set(free)
        if clash:
            raise ValueError(f"{min(clash)} cannot be both {kind} and don't-care")
        outcome = dict.fromkeys(listed, value) | dict.fromkeys(free, "-")
        rows = (
            Row(inputs=_point(number, len(inputs)), outputs=outcome[number])
            for number in sorted(outcome)
        )
        return cls(inputs=tuple(inputs), outputs=(output,), rows=tuple(rows), default=other)

    @classmethod
    def from_karnaugh(
        cls,
        *,
        output: str,
        row_inputs: Sequence[str],
        row_codes: Sequence[str],
        column_inputs: Sequence[str],
        column_codes: Sequence[str],
        cells: Sequence[Sequence[str]],
        inputs: Sequence[str] | None = None,
    ) -> TruthTable:
        """Build a function from a Karnaugh map of any axis order and shape.

        Codes are binary strings over the axis' inputs. `cells[r][c]` is `0`, `1`, or a
        don't-care written `-`, `d`, `x`. `inputs` orders the inputs of the table, by
        default rows' then columns'.

        Raises:
            ValueError: The axes do not fit the cells, or a code is missing or repeated.
        """
        _check_axis("row", row_inputs, row_codes)
        _check_axis("column", column_inputs, column_codes)
        if len(cells) != len(row_codes):
            raise ValueError(f"the map has {len(row_codes)} row codes but {len(cells)} rows")
        names = (*row_inputs, *column_inputs)
        order = tuple(inputs) if inputs is not None else names
        if sorted(order) != sorted(names):
            raise ValueError(f"the map's axes name {', '.join(names)}, not {', '.join(order)}")
        rows = []
        for row_code, line in zip(row_codes, cells, strict=True):
            if len(line) != len(column_codes):
                raise ValueError(
                    f"row {row_code} of the map must have {len(column_codes)} cells, "
                    f"not {len(line)}"
                )
            for column_code, cell in zip(column_codes, line, strict=True):
                at = dict(zip(names, row_code + column_code, strict=True))
                rows.append(Row(inputs="".join(at[name] for name in order), outputs=_cell(cell)))
        return cls(inputs=order, outputs=(output,), rows=tuple(sorted(rows, key=_by_inputs)))

    @classmethod
    def from_function(
        cls,
        inputs: Sequence[str],
        outputs: Sequence[str],
        function: Callable[..., str | int | Sequence[int]],
    ) -> TruthTable:
        """Tabulate `function`, which is called with one bit per input.

        It returns the outputs as a string over `0`, `1`, `-`, as a sequence of
        bits, or, for a single output, as one bit.

        Raises:
            ValueError: There are more than 16 inputs.
        """
        _check_enumerable(inputs)
        rows = tuple(
            Row(inputs="".join(map(str, bits)), outputs=_outcome(function(*bits)))
            for bits in product((0, 1), repeat=len(inputs))
        )
        return cls(inputs=tuple(inputs), outputs=tuple(outputs), rows=rows)

    # -- what it says -------------------------------------------------------

    def value(self, assignment: Mapping[str, int]) -> dict[str, str]:
        """Return `0`, `1` or `-` for each output under `assignment` of every input.

        Raises:
            KeyError: An input has no value.
            ValueError: A value is neither 0 nor 1.
        """
        word = 0
        for name in self.inputs:
            if assignment[name] not in (0, 1):
                raise ValueError(f"input {name!r} must be 0 or 1, not {assignment[name]!r}")
            word = word << 1 | int(assignment[name])
        return dict(zip(self.outputs, self._at(word), strict=True))

    def _at(self, word: int) -> str:
        found: str | None = None
        for care, outcomes in self._index:
            outcome = outcomes.get(word & care)
            if outcome is not None:
                found = outcome if found is None else _merge(found, outcome)
        if found is None:
            return self.default or "-" * len(self.outputs)
        return found

    def function(self, output: str) -> Function:
        """Return where `output` must be 1 and where 0, as cubes.

        Raises:
            KeyError: There is no such output.
            CoverTooLarge: The default covers what cannot be written down.
        """
        column = self._column(output)
        pairs = [(cube_from_text(row.inputs), row.outputs[column]) for row in self.rows]
        on = [cube for cube, value in pairs if value == "1"]
        off = [cube for cube, value in pairs if value == "0"]
        default = self.default[column] if self.default is not None else "-"
        if default != "-":
            rest = complement([cube for cube, _ in pairs])
            (on if default == "1" else off).extend(rest)
        return Function(width=len(self.inputs), on=tuple(on), off=tuple(off))

    def on_set(self, output: str) -> tuple[int, ...]:
        """Return the minterms of `output`, ascending; at most 16 inputs."""
        _check_enumerable(self.inputs)
        return minterms_of(self.function(output).on, len(self.inputs))

    def off_set(self, output: str) -> tuple[int, ...]:
        """Return the maxterms of `output`, ascending; at most 16 inputs."""
        _check_enumerable(self.inputs)
        return minterms_of(self.function(output).off, len(self.inputs))

    def dc_set(self, output: str) -> tuple[int, ...]:
        """Return the don't-cares of `output`, ascending; at most 16 inputs."""
        specified = {*self.on_set(output), *self.off_set(output)}
        return tuple(sorted(set(range(1 << len(self.inputs))) - specified))

    @property
    def complete(self) -> bool:
        """Whether every output is specified for every input."""
        return all(
            not complement([*f.on, *f.off]) for f in (self.function(name) for name in self.outputs)
        )

    def _column(self, output: str) -> int:
        if output not in self.outputs:
            raise KeyError(f"no output {output!r}; the table has {', '.join(self.outputs)}")
        return self.outputs.index(output)

    # -- other tables -------------------------------------------------------

    def restrict(self, assignment: Mapping[str, int]) -> TruthTable:
        """Return the table of the other inputs once those in `assignment` are fixed."""
        unknown = set(assignment) - set(self.inputs)
        if unknown:
            raise KeyError(f"no input {min(unknown)!r}; the table has {', '.join(self.inputs)}")
        kept = [i for i, name in enumerate(self.inputs) if name not in assignment]
        fixed = {
            i: str(assignment[name]) for i, name in enumerate(self.inputs) if name in assignment
        }
        rows = dict.fromkeys(
            Row(inputs="".join(row.inputs[i] for i in kept), outputs=row.outputs)
            for row in self.rows
            if all(row.inputs[i] in ("-", value) for i, value in fixed.items())
        )
        return TruthTable(
            inputs=tuple(self.inputs[i] for i in kept),
            outputs=self.outputs,
            rows=tuple(rows),
            default=self.default,
        )

    def reorder(self, inputs: Sequence[str]) -> TruthTable:
        """Return the same function with its inputs in another order, and possibly more of them."""
        missing = set(self.inputs) - set(inputs)
        if missing:
            raise ValueError(f"the new order leaves out input {min(missing)!r}")
        place = {name: i for i, name in enumerate(self.inputs)}
        rows = (
            Row(
                inputs="".join(
                    row.inputs[place[name]] if name in place else "-" for name in inputs
                ),
                outputs=row.outputs,
            )
            for row in self.rows
        )
        return TruthTable(
            inputs=tuple(inputs), outputs=self.outputs, rows=tuple(rows), default=self.default
        )

    def select(self, outputs: Sequence[str]) -> TruthTable:
        """Return the table of some of the outputs, in the order given."""
        columns = [self._column(name) for name in outputs]
        rows = (
            Row(inputs=row.inputs, outputs="".join(row.outputs[i] for i in columns))
            for row in self.rows
        )
        default = None if self.default is None else "".join(self.default[i] for i in columns)
        return TruthTable(
            inputs=self.inputs, outputs=tuple(outputs), rows=tuple(rows), default=default
        )

    def equivalent(self, other: TruthTable) -> bool:
        """Tell whether both tables agree wherever both are specified.

        Raises:
            ValueError: They do not have the same outputs.
        """
        if set(self.outputs) != set(other.outputs):
            raise ValueError(
                f"tables of different outputs cannot be compared: {', '.join(self.outputs)} "
                f"and {', '.join(other.outputs)}"
            )
        order = tuple(dict.fromkeys((*self.inputs, *other.inputs)))
        mine, theirs = self.reorder(order), other.reorder(order)
        return not any(
            _meet(a.on, b.off) or _meet(a.off, b.on)
            for a, b in ((mine.function(name), theirs.function(name)) for name in self.outputs)
        )

    def merge(self, *others: TruthTable) -> TruthTable:
        """Return one table with the outputs of all; inputs are joined by name.

        Raises:
            ValueError: An output stands in two of them.
        """
        tables = (self, *others)
        order = tuple(dict.fromkeys(name for table in tables for name in table.inputs))
        outputs = tuple(name for table in tables for name in table.outputs)
        check_names(outputs, "output")
        placed = [table.reorder(order) for table in tables]
        first = {row.inputs for row in placed[0].rows}
        if all({row.inputs for row in table.rows} == first for table in placed):
            return _side_by_side(order, outputs, placed)
        rows: list[Row] = []
        before, after = 0, len(outputs)
        for table in placed:
            after -= len(table.outputs)
            rows += _padded_rows(table, before, after)
            before += len(table.outputs)
        return TruthTable(inputs=order, outputs=outputs, rows=tuple(rows))

    # -- as a reference model -----------------------------------------------

    @property
    def sequential(self) -> bool:
        return False

    @property
    def input_bits(self) -> tuple[str, ...]:
        return self.inputs

    @property
    def output_bits(self) -> tuple[str, ...]:
        return self.outputs

    def initial(self) -> None:
        return None

    def after_reset(self) -> None:
        return None

    def step(self, state: object, bits: Mapping[str, int]) -> tuple[dict[str, str], None]:
        return self.value(bits), None

    def python_source(self) -> str:
        return truth_table_source(
            inputs=self.inputs,
            outputs=self.outputs,
            rows=[(row.inputs, row.outputs) for row in self.rows],
            default=self.default,
        )


def _build_index(rows: Sequence[Row]) -> _Index:
    """Group rows by tested bits, and refuse those that contradict each other."""
    cubes = [cube_from_text(row.inputs) for row in rows]
    for i, k in overlaps(cubes):
        if not _agree(rows[i].outputs, rows[k].outputs):
            raise ValueError(
                "rows of a truth table must agree where they overlap, but "
                f"`{rows[i]}` contradicts `{rows[k]}`"
            )
    groups: dict[int, dict[int, str]] = {}
    for (care, value), row in zip(cubes, rows, strict=True):
        group = groups.setdefault(care, {})
        known = group.get(value)
        group[value] = row.outputs if known is None else _merge(known, row.outputs)
    return tuple(groups.items())


def _agree(a: str, b: str) -> bool:
    return a == b or all(p == q or "-" in (p, q) for p, q in zip(a, b, strict=True))


def _merge(a: str, b: str) -> str:
    return "".join(q if p == "-" else p for p, q in zip(a, b, strict=True))


def _meet(some: Sequence[Cube], others: Sequence[Cube]) -> bool:
    return any(intersects(a, b) for a in some for b in others)


def _side_by_side(
    inputs: tuple[str, ...], outputs: tuple[str, ...], tables: Sequence[TruthTable]
) -> TruthTable:
    """Join tables that have the same rows."""
    joined = dict.fromkeys((row.inputs for row in tables[0].rows), "")
    for table in tables:
        mine = {row.inputs: "-" * len(table.outputs) for row in table.rows}
        for row in table.rows:
            mine[row.inputs] = _merge(mine[row.inputs], row.outputs)
        for pattern, found in mine.items():
            joined[pattern] += found
    default = None
    if any(table.default is not None for table in tables):
        default = "".join(table.default or "-" * len(table.outputs) for table in tables)
    rows = tuple(Row(inputs=pattern, outputs=found) for pattern, found in joined.items())
    return TruthTable(inputs=inputs, outputs=outputs, rows=rows, default=default)


def _padded_rows(table: TruthTable, before: int, after: int) -> Iterator[Row]:
    """Yield the table's rows with other outputs left open; its default becomes rows."""
    rows = list(table.rows)
    if table.default is not None:
        rest = complement([cube_from_text(row.inputs) for row in table.rows])
        width = len(table.inputs)
        rows += [Row(inputs=cube_text(cube, width), outputs=table.default) for cube in rest]
    for row in rows:
        yield Row(inputs=row.inputs, outputs="-" * before + row.outputs + "-" * after)


def _by_inputs(row: Row) -> str:
    return row.inputs


def _point(number: int, width: int) -> str:
    return cube_text(minterm(number, width), width)


def _cell(text: str) -> str:
    cell = text.strip().lower()
    if cell in ("0", "1"):
        return cell
    if cell in ("-", "d", "x"):
        return "-"
    raise ValueError(
        f"a cell of a Karnaugh map must be 0, 1, or d, x, - for don't-care, not {text!r}"
    )


def _check_axis(axis: str, names: Sequence[str], codes: Sequence[str]) -> None:
    for code in codes:
        if len(code) != len(names) or set(code) - set("01"):
            raise ValueError(
                f"a {axis} code of the map must be {len(names)} bits for "
                f"{', '.join(names) or 'no input'}, not {code!r}"
            )
    if len(set(codes)) != len(codes):
        twice = next(code for code in codes if list(codes).count(code) > 1)
        raise ValueError(f"{axis} code {twice} of the map stands twice")
    if len(codes) != 1 << len(names):
        missing = next(
            code for n in range(1 << len(names)) if (code := _point(n, len(names))) not in codes
        )
        raise ValueError(f"{axis} code {missing} of the map is missing")


def _outcome(found: str | int | Sequence[int]) -> str:
    if isinstance(found, str):
        return found
    return str(int(found)) if isinstance(found, int) else "".join(str(int(bit)) for bit in found)


def _check_enumerable(inputs: Sequence[str]) -> None:
    if len(inputs) > ENUMERABLE_INPUTS:
        raise ValueError(
            f"a table of {len(inputs)} inputs is too wide to be listed point by point; "
            f"the most is {ENUMERABLE_INPUTS}"
        )
