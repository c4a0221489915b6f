"""Drives protocol ports with the cocotbext packages and returns what came back.

A side is one design with its own inputs; every side gets the same transactions. Results are text in
binary, so that they can be compared bit by bit.
"""

from __future__ import annotations

import importlib
import importlib.util
import random
from collections.abc import Iterator, Sequence
from typing import Any

PACKAGES = {
    "AXI4": "cocotbext.axi",
    "AXI4-Lite": "cocotbext.axi",
    "AXI4-Stream": "cocotbext.axi",
    "APB": "cocotbext.apb",
    "Wishbone": "cocotbext.wishbone.driver",
    "UART": "cocotbext.uart",
    "I2C": "cocotbext.i2c",
    "SPI": "",
}
"""What drives a protocol: Python modules, from packages of the same name with `-`.

SPI is driven by what comes along: cocotbext-spi 0.5 does not run under cocotb 2."""
_PAGE = 4096
"""Bytes: no burst crosses its boundary."""
PATIENCE = 256
"""Clock cycles that one answer may take."""


def missing(protocols: Sequence[str]) -> list[str]:
    """Return the packages that are needed and not installed."""
    packages = sorted({".".join(PACKAGES[each].split(".")[:2]) for each in protocols} - {""})
    return [each.replace(".", "-") for each in packages if not _is_there(each)]


def _is_there(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:
        return False


def operations(
    rng: random.Random, count: int, address_bits: int, data_bits: int, *, words: bool
) -> Iterator[tuple[bool, int, int]]:
    """Yield writes (True) and reads with address and data; most hit the same few words."""
    step = 1 if words else max(1, data_bits // 8)
    space = max(1, (1 << address_bits) // step)
    few = [index % space for index in range(8)]
    known: list[int] = []
    for _ in range(count):
        at = rng.choice(few) if rng.random() < 0.9 else rng.randrange(space)
        write = not known or rng.random() < 0.5
        if not write and rng.random() < 0.7:
            at = rng.choice(known)
        known += [at] if write else []
        yield write, at * step, rng.getrandbits(data_bits)


class Axi:
    """A host of an AXI4 device; bursts of 1 to 16 full beats at rising addresses."""

    def __init__(self, side: Any, prefix: str, clock: Any) -> None:  # noqa: ANN401
        axi = importlib.import_module("cocotbext.axi")
        bus = axi.AxiBus.from_prefix(side, prefix)
        self._host = axi.AxiMaster(bus, clock)
        self._bytes = len(bus.write.w.wdata) // 8
        self._space = 1 << len(bus.write.aw.awaddr)

    async def do(self, write: bool, address: int, data: int) -> str:
        """Return the response, and what was read."""
        beats = 1 if data % 3 == 0 else 1 + data % 16
        length = min(beats * self._bytes, self._space - address, _PAGE - address % _PAGE)
        if write:
            content = random.Random(data).randbytes(length)  # noqa: S311  # no secret
            done = await self._host.write(address, content, awid=0)
            return f"{int(done.resp):02b}"
        done = await self._host.read(address, length, arid=0)
        return f"{int(done.resp):02b}" + "".join(f"{byte:08b}" for byte in bytes(done.data))


class AxiLite:
    """A host of an AXI4-Lite device."""

    def __init__(self, side: Any, prefix: str, clock: Any) -> None:  # noqa: ANN401
        axi = importlib.import_module("cocotbext.axi")
        bus = axi.AxiLiteBus.from_prefix(side, prefix)
        self._host = axi.AxiLiteMaster(bus, clock)
        self._bytes = len(bus.write.w.wdata) // 8

    async def do(self, write: bool, address: int, data: int) -> str:
        """Return the response, and what was read."""
        if write:
            done = await self._host.write(address, data.to_bytes(self._bytes, "little"))
            return f"{int(done.resp):02b}{0:0{8 * self._bytes}b}"
        done = await self._host.read(address, self._bytes)
        read = int.from_bytes(bytes(done.data), "little")
        return f"{int(done.resp):02b}{read:0{8 * self._bytes}b}"


class Apb:
    """A host of an APB device."""

    def __init__(self, side: Any, prefix: str, clock: Any) -> None:  # noqa: ANN401
        apb = importlib.import_module("cocotbext.apb")
        self._bus = apb.ApbBus.from_prefix(side, prefix)
        self._host = apb.ApbMaster(self._bus, clock, timeout_max=-1)
        self._host.exception_enabled = False
        self._bits = len(self._bus.pwdata)

    async def do(self, write: bool, address: int, data: int) -> str:
        """Return what was read; zeros for a write."""
        if write:
            await self._host.write(address, data)
            return "00" + "0" * self._bits
        read = await self._host.read(address)
        return f"00{int.from_bytes(bytes(read), 'little'):0{self._bits}b}"


class Wishbone:
    """A host of a Wishbone device."""

    def __init__(self, side: Any, prefix: str, clock: Any) -> None:  # noqa: ANN401
        self._driver = importlib.import_module("cocotbext.wishbone.driver")
        bits = len(getattr(side, f"{prefix}_datwr"))
        self._host = self._driver.WishboneMaster(side, prefix, clock, width=bits)
        select = getattr(self._host.bus, "sel", None)
        self._select = 0 if select is None else (1 << len(select)) - 1
        self._bits = bits

    async def do(self, write: bool, address: int, data: int) -> str:
        """Return how it was answered (1 acknowledged, 2 error, 3 retry), and what was read."""
        operation = self._driver.WBOp(address, data if write else None, sel=self._select)
        (done,) = await self._host.send_cycle([operation])
        read = "0" * self._bits if write else str(done.datrd)
        return f"{done.ack:02b}{read.lower()}"


HOSTS = {"AXI4": Axi, "AXI4-Lite": AxiLite, "APB": Apb, "Wishbone": Wishbone}


class Streams:
    """The sources and sinks of a module's AXI4-Stream ports."""

    def __init__(self, side: Any, into: Sequence[str], out: Sequence[str], clock: Any) -> None:  # noqa: ANN401
        axi = importlib.import_module("cocotbext.axi")
        self._sources = [
            axi.AxiStreamSource(axi.AxiStreamBus.from_prefix(side, prefix), clock)
            for prefix in into
        ]
        self._sinks = [
            axi.AxiStreamSink(axi.AxiStreamBus.from_prefix(side, prefix), clock) for prefix in out
        ]
        self._frame = axi.AxiStreamFrame

    def send(self, frames: Sequence[bytes]) -> None:
        """Send `frames` into every port."""
        for source in self._sources:
            for frame in frames:
                source.send_nowait(self._frame(tdata=frame))

    def pause(self, rng: random.Random, often: float) -> None:
        """Hold senders and receivers back in so many of the cycles."""
        for end in (*self._sources, *self._sinks):
            end.set_pause_generator(_pauses(random.Random(rng.random()), often))  # noqa: S311  # no secret

    def received(self) -> list[str]:
        """Return what has come out of each port since the last call: bytes and frame ends."""
        return [self._taken(sink) for sink in self._sinks]

    @staticmethod
    def _taken(sink: Any) -> str:  # noqa: ANN401
        text = ""
        while not sink.empty():
            frame = sink.recv_nowait()
            text += "".join(f"{byte:08b}" for byte in frame.tdata) + "1"
        return text


def _pauses(rng: random.Random, often: float) -> Iterator[bool]:
    while True:
        yield rng.random() < often
