"""Drives serial ports: UART and I2C with the cocotbext packages, SPI by edges of its own.

A side is one design with its own inputs. Both sides get the same frames at the same times, so that
all their outputs can be compared at every change. How long a bit is, or which address a device
has, nothing but the golden design says: it is tried there first.
"""

from __future__ import annotations

import importlib
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import cocotb
from cocotb.triggers import First, ReadOnly, RisingEdge, SimTimeoutError, Timer, with_timeout

from .scoreboard import binary

CYCLE = 10
"""Nanoseconds of a clock cycle."""
MOST_TRIED = 24
"""Bit times that are tried at most."""
_SLOW = 64
"""Cycles of a bit from which on a transaction is one byte only."""
_PROBE = b"\xa5\x3c"
_I2C_BIT = 32
_SPI_HALF = 8


class Watch:
    """Compares outputs of two sides whenever one changes; X and Z of the golden one are open."""

    def __init__(self, dut: Any, golden: Any, widths: Mapping[str, int]) -> None:  # noqa: ANN401
        self._ends = {name: (getattr(golden, name), getattr(dut, name)) for name in widths}
        self._widths = widths
        self._wrong: dict[str, tuple[str, str]] = {}
        self.seen: dict[str, list[str]] = {name: [] for name in widths}
        for name in widths:
            cocotb.start_soon(self._follow(name))

    async def _follow(self, name: str) -> None:
        golden, dut = self._ends[name]
        while True:
            await First(golden.value_change, dut.value_change)
            await ReadOnly()
            want, got = self._now(name)
            self.seen[name] = [*self.seen[name][-15:], want]
            if any(w not in ("-", g) for w, g in zip(want, got, strict=True)):
                self._wrong.setdefault(name, (want, got))

    def _now(self, name: str) -> tuple[str, str]:
        want, got = (binary(self._widths[name], end) for end in self._ends[name])
        return want.replace("x", "-").replace("z", "-"), got

    async def stirs(self, cycles: int) -> int:
        """Return 1 if an output of the golden design changes within so many cycles, else 0."""
        for seen in self.seen.values():
            seen.clear()
        await Timer(cycles * CYCLE, "ns")
        return int(any(self.seen.values()))

    def taken(self) -> Iterator[tuple[str, str, str]]:
        """Yield each output with the first difference since the last call, else what it is now."""
        wrong, self._wrong = self._wrong, {}
        for name in self._widths:
            want, got = wrong.get(name) or self._now(name)
            # A leading bit, so that a check counts where all else is open.
            yield name, f"1{want}", f"1{got}"


def quiet(widths: Mapping[str, int]) -> dict[str, int]:
    """Return values for inputs that belong to no protocol: all 0."""
    return dict.fromkeys(widths, 0)


def busy(widths: Mapping[str, int]) -> dict[str, int]:
    """Return values for them: single bits at 1, every other bit of a vector."""
    return {name: ((1 << width) - 1) // 3 | 1 for name, width in widths.items()}


def anything(widths: Mapping[str, int], rng: random.Random) -> dict[str, int]:
    """Return values for them: random."""
    return {name: rng.getrandbits(width) for name, width in widths.items()}


class Uart:
    """What speaks to a serial receiver, or hears a serial transmitter."""

    def __init__(self, sides: Sequence[Any], prefix: str) -> None:
        self._package = importlib.import_module("cocotbext.uart")
        self._receives = hasattr(sides[0], f"{prefix}_rx")
        self._pins = [
            getattr(side, f"{prefix}_rx" if self._receives else f"{prefix}_line") for side in sides
        ]
        self.bit = 16
        self._ends: list[Any] = []

    async def learn(self, watch: Watch, candidates: Sequence[int], dwell: int) -> int:
        """Find the cycles of a bit by what the golden design makes of frames; return how sure."""
        if not self._receives:
            measured = await _shortest(self._pins[1], dwell)
            self._start(measured or candidates[0])
            return 2 * (measured > 0)
        best, found = -1, self.bit
        for bit in candidates[:MOST_TRIED]:
            score = await self._heard(watch, bit)
            if score > best:
                best, found = score, bit
        self._start(found)
        return best

    async def _heard(self, watch: Watch, bit: int) -> int:
        """Return 2 if an output shows what was sent, 1 if any changes."""
        self._start(bit)
        for seen in watch.seen.values():
            seen.clear()
        await self._send(_PROBE)
        shown = {value[-8:] for seen in watch.seen.values() for value in seen}
        if any(f"{byte:08b}" in shown for byte in _PROBE):
            return 2
        return int(any(watch.seen.values()))

    def _start(self, bit: int) -> None:
        for end in self._ends:
            end._run_cr.cancel()  # the package has no other way to stop one
        self.bit = bit
        kind = self._package.UartSource if self._receives else self._package.UartSink
        self._ends = [kind(pin, baud=1e9 / (bit * CYCLE + 0.5)) for pin in self._pins]

    async def _send(self, data: bytes) -> None:
        for source in self._ends:
            if self._receives:
                source.write_nowait(data)
        await Timer((10 * len(data) + 4) * self.bit * CYCLE, "ns")

    async def do(self, rng: random.Random) -> list[str]:
        """Send some bytes, or wait as long; return what each side has sent meanwhile."""
        count = 1 if self.bit > _SLOW else rng.randint(1, 3)
        await self._send(rng.randbytes(count))
        heard = [b"" if self._receives else bytes(sink.read_nowait()) for sink in self._ends]
        return ["1" + "".join(f"{byte:08b}" for byte in data) for data in heard]


async def _shortest(signal: Any, dwell: int) -> int:  # noqa: ANN401
    """Return the cycles between the closest two changes of `signal`; 0 if it does not change."""
    found: list[int] = []
    try:
        await with_timeout(signal.value_change, dwell * CYCLE, "ns")
        for _ in range(9):
            begun = cocotb.utils.get_sim_time("ns")
            await with_timeout(signal.value_change, dwell * CYCLE, "ns")
            found.append(round((cocotb.utils.get_sim_time("ns") - begun) / CYCLE))
    except SimTimeoutError:
        pass
    return min(found, default=0)


class I2cDevice:
    """A host of an I2C device."""

    def __init__(self, sides: Sequence[Any], prefix: str) -> None:
        package = importlib.import_module("cocotbext.i2c")
        self._hosts = [
            package.I2cMaster(
                sda=getattr(side, f"{prefix}_sda_bus"),
                sda_o=getattr(side, f"{prefix}_sda_host"),
                scl=getattr(side, f"{prefix}_scl_bus"),
                scl_o=getattr(side, f"{prefix}_scl_host"),
                speed=1e9 / (_I2C_BIT * CYCLE + 0.5),
            )
            for side in sides
        ]
        self._address, self.bit = 0x50, 0

    async def learn(self, _: Watch, candidates: Sequence[int], __: int) -> int:
        """Find the address that the golden design acknowledges, those in its text first."""
        known = [value & 0x7F for value in candidates if value < 0x80]
        for address in dict.fromkeys([*known, *range(0x80)]):
            said = await self._both(address, [])
            if said[1][1] == "0":
                self._address = address
                return 1
        return 0

    async def do(self, rng: random.Random) -> list[str]:
        """Write or read some bytes; return acknowledgements and bytes of each side."""
        address = self._address if rng.random() < 0.9 else rng.randrange(0x80)
        reads = rng.random() < 0.4
        count = rng.randint(1, 3)
        return await self._both(address, [None] * count if reads else list(rng.randbytes(count)))

    async def _both(self, address: int, data: Sequence[int | None]) -> list[str]:
        tasks = [cocotb.start_soon(_patient(self._one(h, address, data))) for h in self._hosts]
        return [await task for task in tasks]

    @staticmethod
    async def _one(host: Any, address: int, data: Sequence[int | None]) -> str:  # noqa: ANN401
        reads = None in data
        await host.send_start()
        said = f"1{int(await host.send_byte(address << 1 | reads))}"
        for number, byte in enumerate(data):
            if byte is None:
                said += f"{await host.recv_byte(number == len(data) - 1):08b}"
            else:
                said += f"{int(await host.send_byte(byte))}"
        await host.send_stop()
        return said


async def _patient(work: Any) -> str:  # noqa: ANN401
    try:
        return str(await with_timeout(cocotb.start_soon(work), 100 * _I2C_BIT * CYCLE, "ns"))
    except SimTimeoutError:
        return "1z"


class I2cHost:
    """A memory that answers an I2C host under every address."""

    def __init__(self, sides: Sequence[Any], prefix: str) -> None:
        package = importlib.import_module("cocotbext.i2c")
        self._dwell = self.bit = 0
        self._memories = [_everywhere(package, side, prefix) for side in sides]

    async def learn(self, watch: Watch, _: Sequence[int], dwell: int) -> int:
        """Take note of how long a transfer may take; return 1 where one is begun."""
        self._dwell = dwell
        return await watch.stirs(dwell)

    async def do(self, _: random.Random) -> list[str]:
        """Wait for what the hosts do; return the bytes that they have written."""
        await Timer(self._dwell * CYCLE, "ns")
        return ["1" + "".join(f"{byte:08b}" for byte in each.taken()) for each in self._memories]


class _Every:
    """Equal to every address."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True


def _everywhere(package: Any, side: Any, prefix: str) -> Any:  # noqa: ANN401
    class Memory(package.I2cMemory):  # type: ignore[misc]
        """Notes what is written."""

        written = bytearray()

        async def handle_write(self, data: int) -> None:
            self.written.append(data)
            await super().handle_write(data)

        def taken(self) -> bytes:
            done, self.written = bytes(self.written), bytearray()
            return done

    memory = Memory(
        sda=getattr(side, f"{prefix}_sda_bus"),
        sda_o=getattr(side, f"{prefix}_sda_host"),
        scl=getattr(side, f"{prefix}_scl_bus"),
        scl_o=getattr(side, f"{prefix}_scl_host"),
    )
    memory.addr, memory.written = _Every(), bytearray()
    return memory


class SpiDevice:
    """A host of an SPI device, in all four modes. The package for SPI knows no cocotb 2."""

    def __init__(self, sides: Sequence[Any], prefix: str) -> None:
        self._pins = [
            [getattr(side, f"{prefix}_{name}") for name in ("sclk", "mosi", "cs", "miso")]
            for side in sides
        ]
        self.bit = 0

    async def learn(self, _: Watch, __: Sequence[int], ___: int) -> int:
        """Nothing is to be learned."""
        return 0

    async def do(self, rng: random.Random) -> list[str]:
        """Exchange words of 8 to 32 bits; return what each side has sent, two samples a bit."""
        idle, late = rng.getrandbits(1), rng.getrandbits(1)
        data = [rng.getrandbits(1) for _ in range(8 * rng.choice((1, 1, 2, 3, 4)))]
        said = ["1" for _ in self._pins]
        await self._set(sclk=idle, mosi=data[0], cs=1)
        await self._set(cs=0)
        for bit in data:
            if not late:
                await self._set(mosi=bit)
            await self._set(sclk=1 - idle)
            said = self._heard(said)
            if late:
                await self._set(mosi=bit)
            await self._set(sclk=idle)
            said = self._heard(said)
        await self._set(cs=1)
        return said

    async def _set(self, **levels: int) -> None:
        for sclk, mosi, cs, _ in self._pins:
            pins = {"sclk": sclk, "mosi": mosi, "cs": cs}
            for name, level in levels.items():
                pins[name].value = level
        await Timer(_SPI_HALF * CYCLE, "ns")

    def _heard(self, said: Sequence[str]) -> list[str]:
        return [text + binary(1, pins[3]) for text, pins in zip(said, self._pins, strict=True)]


class SpiHost:
    """A device that answers an SPI host with bits of its own."""

    def __init__(self, sides: Sequence[Any], prefix: str) -> None:
        self._dwell = self.bit = 0
        self._heard = ["1" for _ in sides]
        for number, side in enumerate(sides):
            pins = [getattr(side, f"{prefix}_{name}") for name in ("sclk", "mosi", "miso")]
            cocotb.start_soon(self._answer(number, *pins))

    async def _answer(self, number: int, sclk: Any, mosi: Any, miso: Any) -> None:  # noqa: ANN401
        rng = random.Random(1)  # noqa: S311  # no secret
        while True:
            await RisingEdge(sclk)
            self._heard[number] += binary(1, mosi)
            await Timer(1, "ns")
            miso.value = rng.getrandbits(1)

    async def learn(self, watch: Watch, _: Sequence[int], dwell: int) -> int:
        """Take note of how long a transfer may take; return 1 where one is begun."""
        self._dwell = dwell
        return await watch.stirs(dwell)

    async def do(self, _: random.Random) -> list[str]:
        """Wait for what the hosts do; return the bits that they have sent."""
        await Timer(self._dwell * CYCLE, "ns")
        said, self._heard = self._heard, ["1" for _ in self._heard]
        return said


LINES = {
    ("UART", "device"): Uart,
    ("UART", "host"): Uart,
    ("I2C", "device"): I2cDevice,
    ("I2C", "host"): I2cHost,
    ("SPI", "device"): SpiDevice,
    ("SPI", "host"): SpiHost,
}
"""By protocol, and by which side of it the module is."""
