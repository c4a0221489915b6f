"""Markdown in, `Spec` out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rtlgen.errors import SpecError, UsageError
from rtlgen.spec.declared import DeclaredParameter, DeclaredPort
from rtlgen.spec.declaring import (
    first_place,
    is_surely_named,
    joined,
    read_declaring,
    signed_as_told,
)
from rtlgen.spec.fragments import read_fragments
from rtlgen.spec.front_matter import FrontMatter, read_front_matter
from rtlgen.spec.headers import (
    Header,
    choose_header,
    find_headers,
    header_interface,
    used_names,
    widths_in,
)
from rtlgen.spec.lint import lint
from rtlgen.spec.lint_subject import Subject
from rtlgen.spec.listing import Listing, read_listing
from rtlgen.spec.model import Finding, Fragment, Kind, Place, Severity, Spec
from rtlgen.spec.naming import (
    ModuleName,
    assumed_name,
    coded_title,
    early_coded,
    only_coded,
    stated_name,
    title_line,
    title_of,
)
from rtlgen.spec.ports import (
    PortList,
    check_number,
    check_ports,
    compare,
    contradiction,
    make_ports,
    written_ranges,
)
from rtlgen.spec.properties import read_properties
from rtlgen.spec.prose import read_more, read_prose
from rtlgen.spec.requirements import NotUnderstood, read_requirements
from rtlgen.spec.roles import describe
from rtlgen.spec.text import IDENTIFIER, Sentence, line_place, normalize, sentences
from rtlgen.spec.timing import find_timing
from sim.interface import Direction, Interface
from symbolic.names import KEYWORDS as RESERVED

_TITLED = re.compile(r"(?=\w*[_\d])[A-Za-z]\w*")
"""A title that is a name and no word."""
SIZE_LIMIT = 256 * 1024
"""Largest specification, in bytes: some 5000 lines."""

_PORTS_HINT = (
    "hint: list the ports, for example\n"
    "    - input  clk\n"
    "    - input  data (8 bits)\n"
    "    - output q    (8 bits)"
)


def load_spec(path: Path) -> Spec:
    """Read the specification in file `path`.

    Raises:
        UsageError: The file is missing, unreadable, a folder, too large, or no text.
        SpecError: The text is no specification; with path and line.
    """
    return read_spec(_decode(_load(path), path), path=str(path))


def _load(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UsageError(
                f"a specification must be a file; {path} is a folder\n\n"
                "hint: name the Markdown file in it"
            )
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except FileNotFoundError:
        raise UsageError(f"no such file: {path}\n\nhint: check the path") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(
            f"cannot read {path}: {reason}\n\nhint: check the path and its permissions"
        ) from error
    return data


def _decode(data: bytes, path: Path) -> str:
    if len(data) > SIZE_LIMIT:
        raise UsageError(_too_large(str(path)))
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark) and len(data) % 2 == 0:
            return data.decode(encoding, errors="replace")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"a specification must be UTF-8 text; {path} is not, line {line} (byte {error.start})"
            "\n\nhint: save it as UTF-8"
        ) from error
    return text


def _too_large(path: str) -> str:
    return (
        f"a specification must have at most {SIZE_LIMIT // 1024} KiB; {path} has more\n\n"
        "hint: give the part that describes this module"
    )


def read_spec(text: str, *, path: str = "<text>") -> Spec:
    """Read a specification.

    Raises:
        SpecError: Empty, binary or too large text; no module name; no ports; a
            port that is declared twice or cannot be; with path and line.
    """
    try:
        return _Reading(text=text, path=path).spec()
    except SpecError as error:
        raise SpecError(f"{path}: {error}") from error


def _check_text(text: str) -> None:
    if len(text) > SIZE_LIMIT:
        line = text.count("\n", 0, SIZE_LIMIT) + 1
        raise SpecError(_too_large("the text").replace(" more\n", f" more, line {line}\n"))
    if (at := text.find("\0")) >= 0:
        line = text.count("\n", 0, at) + 1
        raise SpecError(
            f"a specification must be text; there is a NUL character, line {line}\n\n"
            "hint: this looks like a binary file; name the Markdown file"
        )
    if not text.strip("\ufeff \t\r\n"):
        raise SpecError(f"the specification is empty, line 1\n\n{_PORTS_HINT}")


@dataclass(slots=True, kw_only=True)
class _Reading:
    """The steps from text to `Spec`, with what each of them found."""

    text: str
    path: str
    lines: Sequence[str] = ()
    front: FrontMatter = field(default_factory=FrontMatter)
    headers: Sequence[Header] = ()
    listing: Listing = field(default_factory=Listing)
    findings: list[Finding] = field(default_factory=list)

    def spec(self) -> Spec:
        _check_text(self.text)
        clean = normalize(self.text)
        self.lines = clean.split("\n")
        self.front = read_front_matter(self.lines)
        self.headers = find_headers(self.lines, start=self.front.end)
        self.listing = read_listing(self.lines, skip=self._skipped())
        said = sentences(clean)
        header, name, ports = self._ports(said, clean)
        title = title_of(self.lines, start=self.front.end)
        module = self._name(header, name, title, [port.name for port in ports.ports])
        places = {port.name: port.place for port in ports.declared}
        about = describe(ports.ports, places, self._descriptions(ports.declared))
        timing = find_timing(about, said, self.front.timing)
        interface = Interface(
            module=module,
            ports=ports.ports,
            parameters=ports.parameters,
            clocks=tuple(timing.clocks),
            resets=tuple(timing.resets),
        )
        self.findings += [*ports.findings, *timing.findings, *check_ports(ports.ports, places)]
        spec = Spec(
            text=self.text,
            path=self.path,
            interface=interface,
            interface_place=_span(places.values()),
            title=title,
            metadata=self.front.metadata,
            ranges=self._ranges(header, ports),
            properties=read_properties(said, interface),
        )
        return self._finish(spec, clean, said, ports)

    def _finish(self, spec: Spec, clean: str, said: Sequence[Sentence], ports: PortList) -> Spec:
        fragments, findings = read_fragments(clean, spec.interface)
        if not findings and all(part.kind is Kind.EXAMPLE for part in fragments):
            try:
                fragments = (*fragments, self._required(spec, fragments))
            except NotUnderstood as reason:
                spec = replace(spec, not_understood=str(reason))
        subject = Subject(
            spec=replace(spec, fragments=fragments, findings=(*self.findings, *findings)),
            sentences=said,
            places={port.name: port.place for port in ports.declared},
            descriptions=self._descriptions(ports.declared),
            header_lines=self._skipped(),
            declared_lines=frozenset(
                port.place.line for port in (*ports.declared, *self.listing.ports)
            ),
            code_names=used_names(self.headers),
            widths_open=frozenset(
                port.name
                for port in ports.declared
                if port.width is None and port.described is None and port.style != "header"
            ),
        )
        return lint(subject)

    def _required(self, spec: Spec, examples: Sequence[Fragment]) -> Fragment:
        """Return what the sentences define.

        Raises:
            NotUnderstood: One of them has no reading, or they do not define the module.
        """
        places = (part.place for part in examples)
        lines = {n for place in places for n in range(place.line, place.end_line + 1)}
        skipped = self._skipped() | frozenset(lines)
        found = read_requirements(spec.text, spec.interface, skipped)
        return Fragment(
            kind=Kind.REQUIREMENTS,
            value=found.behavior,
            place=found.place,
            source="\n".join(self.lines[found.place.line - 1 : found.place.end_line]),
            notes=found.notes,
        )

    def _ranges(self, header: Header | None, ports: PortList) -> dict[str, str]:
        names = [port.name for port in ports.ports]
        written = widths_in(header, names) if header is not None else {}
        for port in ports.declared:
            if width := None if header is not None else port.width or port.described:
                written[port.name] = width
        return written_ranges(ports.ports, written, ports.parameters)

    def _skipped(self) -> frozenset[int]:
        skip = set(range(1, self.front.end + 1))
        for header in self.headers:
            skip.update(range(header.place.line, header.place.end_line + 1))
        return frozenset(skip)

    def _ports(
        self, said: Sequence[Sentence], clean: str
    ) -> tuple[Header | None, ModuleName | None, PortList]:
        name = self._stated()
        header = choose_header(self.headers, name.name if name else "")
        listed = [*self.front.ports, *self.listing.ports]
        if header is None and self.headers and not listed:
            header = choose_header(self.headers, "")
        if header is not None and not self.front.ports:
            return header, name, self._from_header(header)
        if not listed:
            listed = self._from_prose(clean)
        elif header is None:
            more = read_more(sentences(clean.replace("`", '"')))
            lines = {port.place.line for port in listed}
            more += read_declaring(self._unfenced(clean, lines), surely=True)
            listed = joined(listed, more, complete=False)
        if not listed:
            raise SpecError(f"no ports are declared, {self._whole()}\n\n{_PORTS_HINT}")
        listed = signed_as_told(listed, clean)
        parameters = [*self.front.parameters, *self.listing.parameters]
        return None, name, make_ports(listed, _unique(parameters), clean)

    def _unfenced(self, clean: str, listed: Collection[int] = ()) -> str:
        """Return the text without the lines that are headers, front matter and declarations."""
        skipped = self._skipped() | frozenset(listed)
        lines = enumerate(clean.split("\n"), 1)
        return "\n".join("" if number in skipped else line for number, line in lines)

    def _from_prose(self, clean: str) -> list[DeclaredPort]:
        ports = read_declaring(self._unfenced(clean))
        sides = {port.direction for port in ports}
        others = read_prose(sentences(clean.replace("`", '"')))
        if {Direction.INPUT, Direction.OUTPUT} <= sides:
            known = {port.name for port in ports}
            sure = [port for port in others if is_surely_named(port.name, clean)]
            ports = joined(ports, sure, complete=False)
            if any(port.name not in known for port in sure):
                ports.sort(key=lambda port: first_place(port.name, clean))
        else:
            ports = joined(others, ports)
        if ports:
            names = ", ".join(port.name for port in ports)
            self.findings.append(
                Finding(
                    rule="ports-in-prose",
                    severity=Severity.QUESTION,
                    place=_span(port.place for port in ports),
                    message="the ports are not listed, only mentioned",
                    assumption=f"the ports are {names}",
                )
            )
        return ports

    def _stated(self) -> ModuleName | None:
        if self.front.module:
            return ModuleName(
                name=self.front.module, line=self.front.module_line, origin="front matter"
            )
        return stated_name(self.lines, start=self.front.end)

    def _whole(self) -> Place:
        return Place(line=1, end_line=max(1, len(self.lines)))

    def _from_header(self, header: Header) -> PortList:
        interface, declared = header_interface(header)
        if not declared:
            raise SpecError(f"module {header.name!r} has no ports, {header.place}\n\n{_PORTS_HINT}")
        check_number(declared)
        known = {port.name: port for port in declared}
        findings = []
        for port in self.listing.ports:
            if port.name in known:
                findings += compare(known[port.name], port)
            elif port.style == "table":
                findings.append(
                    contradiction(
                        port.place,
                        f"port {port.name!r} is not in the header of module {header.name!r}, "
                        f"{header.place}",
                    )
                )
        return PortList(
            ports=interface.ports,
            declared=tuple(declared),
            parameters=dict(interface.parameters),
            findings=findings,
        )

    def _name(
        self, header: Header | None, name: ModuleName | None, title: str, ports: Sequence[str]
    ) -> str:
        if header is not None and name is None:
            return header.name
        if header is not None and name is not None and header.name != name.name:
            self.findings.append(
                Finding(
                    rule="module-name",
                    severity=Severity.QUESTION,
                    place=line_place(name.line),
                    message=f"the text asks for module {name.name!r}, the header is of "
                    f"{header.name!r}, {header.place}",
                    assumption=f"the module is named {name.name}",
                )
            )
        start = self.front.end
        coded = coded_title(self.lines, start=start) or only_coded(
            self.lines, start=start, ports=ports
        )
        if name is not None and name.name in ports:
            named = _TITLED.fullmatch(title.strip("` ")) if title not in ports else None
            other = stated_name(self.lines, start=start, never=ports) or coded
            name = other or (None if named else name)
        titled = assumed_name(title, "<text>")
        early = early_coded(self.lines, start=start, ports=ports, path=self.path)
        if titled is None or not re.search(r"[_\d]", title):
            titled = early or titled
        found = name or coded or titled or assumed_name(title, self.path)
        if found is None:
            raise SpecError(
                f"the module has no name, {self._whole()}\n\n"
                "hint: write `Module name: counter`, or a first heading `# counter`"
            )
        if found.assumed:
            line = title_line(self.lines, title, start=self.front.end)
            found = replace(found, line=line if found.origin == "title" else found.line)
            self.findings.append(
                Finding(
                    rule="module-name",
                    severity=Severity.NOTE,
                    place=line_place(found.line),
                    message=f"the module's name is taken from the {found.origin}",
                    assumption=f"the module is named {found.name}",
                )
            )
        return self._checked(found)

    @staticmethod
    def _checked(found: ModuleName) -> str:
        if found.name in RESERVED:
            raise SpecError(
                f"a module must not be named like the Verilog keyword {found.name!r}, which stands "
                f"in the {found.origin}, line {found.line}\n\nhint: write `Module name: counter`"
            )
        if not re.fullmatch(IDENTIFIER, found.name):
            raise SpecError(
                f"a module's name must be a Verilog identifier, not {found.name[:60]!r}, "
                f"line {found.line}\n\nhint: use letters, digits and `_`"
            )
        return found.name

    def _descriptions(self, declared: Sequence[DeclaredPort]) -> dict[str, str]:
        """Join what every place of the text says of a port."""
        texts: dict[str, list[str]] = {}
        for port in (*declared, *self.listing.ports):
            if port.description and port.description not in texts.setdefault(port.name, []):
                texts[port.name].append(port.description)
        return {name: "; ".join(parts) for name, parts in texts.items()}


def _unique(parameters: Sequence[DeclaredParameter]) -> list[DeclaredParameter]:
    """Put those that have a value first, so that they count."""
    return sorted(parameters, key=lambda parameter: not parameter.value)


def _span(places: Iterable[Place]) -> Place:
    found = list(places)
    return Place(line=min(p.line for p in found), end_line=max(p.end_line for p in found))
