"""A report as a browser without a script sees it, checked for what no page of ours may have."""

from __future__ import annotations

import json
import re
import unicodedata
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "br", "path", "rect", "circle", "input"}
TAGS = """
    html head meta title style link body header main section nav div p h1 h2 h3 h4 span a dl dt dd
    ul li table thead tbody tr th td code i b svg text path rect circle script noscript form label
    input select option output
"""


class Page(HTMLParser):
    """Keeps tags, attributes and texts, and checks that elements nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str]]] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[list[tuple[str, dict[str, str]]], str]] = []
        self.data: dict[str, Any] = {}
        self.programs: list[str] = []
        self.styles: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS.split(), tag
        attributes = {name: value or "" for name, value in attrs}
        assert len(attributes) == len(attrs)
        self.tags.append((tag, attributes))
        if tag not in VOID:
            self.open.append((tag, attributes))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID, tag
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop()[0] == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_data(self, data: str) -> None:
        tag, attributes = self.open[-1] if self.open else ("", {})
        if tag == "style":
            self.styles.append(data)
        elif tag == "script" and "type" not in attributes:
            self.programs.append(data)
        elif tag == "script":
            assert set(attributes) == {"type", "id"}
            assert attributes["type"] == "application/json"
            self.data[attributes["id"]] = json.loads(data)
        else:
            self.texts.append((list(self.open), data))

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.texts)

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]

    def found(self, tag: str, name: str) -> list[dict[str, str]]:
        return [
            attributes for found, attributes in self.tags if found == tag and name in attributes
        ]

    def section(self, tag: str, id_: str | None = None) -> str:
        """The text in the element `tag`, that with the id where one is given."""
        return "".join(
            text
            for path, text in self.texts
            if any(name == tag and attributes.get("id") == id_ for name, attributes in path)
        )

    def rows(self, id_: str) -> list[list[str]]:
        """The cells with text of a table, or of the table in a section, row by row."""
        rows: dict[int, dict[int, str]] = {}
        for path, text in self.texts:
            inside = any(attributes.get("id") == id_ for _, attributes in path)
            names = [name for name, _ in path]
            if inside and "tbody" in names and "td" in names and "svg" not in names:
                row, cell = path[names.index("tr")][1], path[names.index("td")][1]
                cells = rows.setdefault(id(row), {})
                cells[id(cell)] = cells.get(id(cell), "") + text
        return [list(cells.values()) for cells in rows.values()]

    def pairs(self, kind: str) -> dict[str, str]:
        """The names of a list of facts, with the first text of each."""
        found: list[tuple[str, str]] = []
        for path, text in self.texts:
            if ("dl", {"class": kind}) in path and path[-1][1].get("class") != "note":
                found.append((path[-1][0], text))
        return {name: value for (_, name), (_, value) in zip(found[::2], found[1::2], strict=True)}


def check_safe(html: str) -> Page:
    """Return the page, after seeing that nothing in it can act, load or hide."""
    page = Page(html)
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert not {"src", "style", "srcdoc", "action", "target"} & {
        name for _, attributes in page.tags for name in attributes
    }
    assert all(re.fullmatch(r"#[^\s\"'<>&]*|data:,", href) for href in page.values("href"))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*|e\d+", name) for name in page.values("id"))
    assert len(set(page.values("id"))) == len(page.values("id"))
    assert all(re.fullmatch(r"[a-z0-9 -]+", names) for names in page.values("class"))
    assert not re.search(r"url\(|@import|http", page.styles[0])
    hidden = {c for c in html if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert hidden <= {"\n", "\t"}
    html.encode()
    return page
