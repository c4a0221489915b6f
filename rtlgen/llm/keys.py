"""Where a server is, and the key it wants, which nobody else sees."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from rtlgen.errors import UsageError
from rtlgen.llm.model import ModelFault

_OFFICIAL = "https://api.openai.com/v1"
_SHORTEST = 12
"""Parts of a key this long or longer are looked for; shorter keys only as a whole."""
_PART = 6
_PRESENT = "none"
"""What a server that wants no key gets for one."""
_HIDDEN = "[key]"
_MASKED = re.compile(r"([\w-]{0,16})(?:\*{2,}|\.{3,8}|…|x{4,})([\w-]{0,16})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server is."""

    url: str
    """Base of its interface, such as `http://127.0.0.1:8080/v1`."""

    @classmethod
    def read(cls, url: str | None) -> Self:
        """Check `url`; None is OpenAI's own server.

        Raises:
            UsageError: It is no address, or one that holds a password.
        """
        url = url or _OFFICIAL
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            usable = False
        if not usable or not url.isascii() or re.search(r"[\s\x00-\x1f]", url):
            raise UsageError(
                f"the address of a server must be http:// or https:// and a host, not {url[:200]!r}"
                "\n\nhint: such as http://127.0.0.1:8080/v1"
            )
        if parts.username is not None or parts.query or parts.fragment:
            raise UsageError(
                "the address of a server must hold neither a user, a password nor a query:"
                f" {parts.scheme}://{parts.hostname}"
                "\n\nhint: the key belongs in an environment variable"
            )
        return cls(url=url)

    @property
    def official(self) -> bool:
        """Whether it is OpenAI's own server."""
        return self.url == _OFFICIAL

    @property
    def local(self) -> bool:
        """Whether it is this machine or one of a private network."""
        host = urlsplit(self.url).hostname or ""
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return "." not in host or host.endswith((".localhost", ".local", ".internal"))
        return address.is_private or address.is_loopback or address.is_link_local


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key from the environment; never shown, logged or recorded."""

    variable: str
    given: bool
    value: str = field(repr=False)

    @classmethod
    def read(cls, variable: str, address: Address, environment: Mapping[str, str]) -> Self:
        """Read the key for `address` from `variable`.

        Raises:
            ModelFault: There is none and the server is a public one, or it cannot be a key.
        """
        value = environment.get(variable, "").strip()
        if not value and not address.local:
            raise ModelFault(
                f"a key is needed for {address.url}, and {variable} is not set"
                f"\n\nhint: export {variable}=…; any word will do for a server that wants no key"
            )
        if not re.fullmatch(r"[!-~]*", value):
            raise ModelFault(
                f"a key must be printable ASCII without blanks, and the value of {variable} is not"
            )
        return cls(variable=variable, given=bool(value), value=value or _PRESENT)

    def scrub(self, text: str) -> str:
        """Return `text`, a message of a server, without the key, its parts and masked forms of it.

        The work grows with the length of the text times that of the key.
        """
        if not self.given:
            return text
        if len(self.value) < _SHORTEST:
            return re.sub(rf"(?<!\w){re.escape(self.value)}(?!\w)", _HIDDEN, text)
        return _MASKED.sub(self._unmasked, self._without_parts(text))

    def hide(self, text: str) -> str:
        """Return `text`, an answer of a model, without the whole key."""
        return text.replace(self.value, _HIDDEN) if len(self.value) >= _SHORTEST else text

    def _without_parts(self, text: str) -> str:
        parts = {self.value[i : i + _PART] for i in range(len(self.value) - _PART + 1)}
        covered = bytearray(len(text))
        for start in range(len(text) - _PART + 1):
            if text[start : start + _PART] in parts:
                covered[start : start + _PART] = b"\1" * _PART
        shown = "".join(
            "\0" if hidden else char for char, hidden in zip(text, covered, strict=True)
        )
        return re.sub("\0+", _HIDDEN, shown)

    def _unmasked(self, match: re.Match[str]) -> str:
        before, after = match.groups()
        starts = len(before) >= 2 and any(
            self.value.startswith(before[i:]) for i in range(len(before) - 1)
        )
        ends = len(after) >= 2 and any(
            self.value.endswith(after[:i]) for i in range(2, len(after) + 1)
        )
        return _HIDDEN if starts or ends else match[0]
