from __future__ import annotations

from random import Random

import pytest

from sim.design import Design
from sim.icarus import Icarus
from sim.interface import Interface, infer_timing, read_interface
from sim.judge import judge
from sim.verdict import Status
from testbench_gen import Golden, write_testbench
from testbench_gen.protocol_bench import ProtocolBench, protocol_bench, protocol_notes
from testbench_gen.protocols import Protocol, ProtocolPort, Role, protocol_ports
from testbench_gen.standalone.transactions import operations
from tests.testbench_gen.builders import port

LITE = {
    "in": "awaddr:8 awvalid wdata:32 wstrb:4 wvalid bready araddr:8 arvalid rready",
    "out": "awready wready bvalid bresp:2 arready rdata:32 rresp:2 rvalid",
}


def interface(inputs: str, outputs: str, prefix: str = "", other: str = "") -> Interface:
    ports = []
    for direction, text in (("input", inputs), ("output", outputs)):
        for word in text.split():
            name, _, width = word.partition(":")
            bounds = (int(width) - 1, 0) if width else (None, None)
            ports.append(port(f"{prefix}{name}", direction, *bounds))
    ports += [port(name, "input") for name in other.split()]
    return Interface(module="m", ports=tuple(ports))


def found(inputs: str, outputs: str, prefix: str = "", other: str = "") -> list[ProtocolPort]:
    return list(protocol_ports(interface(inputs, outputs, prefix, other)))


def one(inputs: str, outputs: str, prefix: str = "") -> ProtocolPort:
    (group,) = found(inputs, outputs, prefix, "clk rst")
    return group


@pytest.mark.parametrize("prefix", ["s_axi_", "S_AXI_", "", "ctrl_s0_"])
def test_axi_lite_under_any_prefix(prefix: str) -> None:
    group = one(LITE["in"], LITE["out"], prefix)
    assert (group.protocol, group.prefix, group.role) == (Protocol.AXI_LITE, prefix, Role.DEVICE)
    assert group.signals["awaddr"] == f"{prefix}awaddr"
    assert len(group.signals) == 17


def test_a_host_has_the_same_ports_the_other_way() -> None:
    group = one(LITE["out"], LITE["in"], "m_axi_")
    assert (group.protocol, group.role) == (Protocol.AXI_LITE, Role.HOST)


def test_bursts_make_it_axi4() -> None:
    group = one(f"{LITE['in']} awlen:8 arlen:8 awid:4 wlast", f"{LITE['out']} rlast bid:4", "s_")
    assert group.protocol is Protocol.AXI4


def test_streams_in_and_out() -> None:
    groups = protocol_ports(
        Interface(
            module="fifo",
            ports=(
                port("clk", "input"),
                port("s_axis_tdata", "input", 7, 0),
                port("s_axis_tvalid", "input"),
                port("s_axis_tready", "output"),
                port("s_axis_tlast", "input"),
                port("m_axis_tdata", "output", 7, 0),
                port("m_axis_tvalid", "output"),
                port("m_axis_tready", "input"),
                port("m_axis_tlast", "output"),
            ),
        )
    )
    assert [(g.prefix, g.role) for g in groups] == [
        ("s_axis_", Role.DEVICE),
        ("m_axis_", Role.HOST),
    ]
    assert str(groups[0]) == "AXI4-Stream device `s_axis_*`"


def test_apb() -> None:
    group = one("psel penable pwrite paddr:8 pwdata:32", "prdata:32 pready")
    assert (group.protocol, group.role) == (Protocol.APB, Role.DEVICE)


@pytest.mark.parametrize("prefix", ["wb_", "wbs_"])
def test_wishbone_with_directions_in_its_names(prefix: str) -> None:
    group = one("cyc_i stb_i we_i adr_i:8 dat_i:32 sel_i:4", "dat_o:32 ack_o", prefix)
    assert (group.protocol, group.role) == (Protocol.WISHBONE, Role.DEVICE)
    assert (group.signals["datwr"], group.signals["datrd"]) == (f"{prefix}dat_i", f"{prefix}dat_o")
    assert (group.signals["sel"], group.prefix) == (f"{prefix}sel_i", prefix)


def test_serial_lines() -> None:
    groups = found("uart_rxd", "uart_txd busy", other="clk")
    assert [(g.protocol, g.role, *g.signals.values()) for g in groups] == [
        (Protocol.UART, Role.DEVICE, "uart_rxd"),
        (Protocol.UART, Role.HOST, "uart_txd"),
    ]


def test_spi_and_i2c() -> None:
    assert one("sck mosi cs_n", "miso").role is Role.DEVICE
    assert one("miso", "sclk mosi ss_n", "spi_").role is Role.HOST
    group = one("scl_i sda_i", "scl_o sda_o")
    assert (group.protocol, group.role) == (Protocol.I2C, Role.HOST)
    assert one("scl sda_i", "sda_o").role is Role.DEVICE


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        ("tdata:8 tvalid tready", ""),
        ("tdata:8 tvalid:2", "tready"),
        ("valid data:8", "ready"),
        ("psel penable pwrite paddr:8", "prdata:32"),
        (LITE["in"].replace("bready", ""), LITE["out"]),
        ("rx:8", "tx:8"),
        ("prefix matrix", "fax"),
        ("scl", "ack"),
    ],
)
def test_what_only_looks_like_it_is_none(inputs: str, outputs: str) -> None:
    assert found(inputs, outputs) == []


REGISTERS = """module regs(input clk, input rst, input psel, input penable, input pwrite,
            input [4:0] paddr, input [15:0] pwdata, output [15:0] prdata, input rx, output busy);
  reg [15:0] mem [0:15];
  integer i;
  assign prdata = mem[paddr[4:1]];
  assign busy = !rx;
  always @(posedge clk)
    if (rst) for (i = 0; i < 16; i = i + 1) mem[i] <= 0;
    else if (psel & penable & pwrite) mem[paddr[4:1]] <= pwdata;
endmodule
"""


def written(text: str) -> ProtocolBench:
    design = Design(top="regs", sources={"regs.v": text})
    ports = infer_timing(design, read_interface(design))
    bench = protocol_bench(write_testbench(ports, Golden(design=design), budget=64))
    assert bench is not None
    return bench


def test_transactions_are_written_for_what_can_be_driven_and_the_rest_is_named() -> None:
    bench = written(REGISTERS)
    assert [port.protocol for port in bench.driven] == [Protocol.APB]
    assert [port.protocol for port in bench.left] == [Protocol.UART]
    assert bench.bench.expected_checks == 64
    assert "wire p0_pready = 1'b1;" in bench.files["rtlgen_tb_top.v"]
    assert "UART device (rx): recognized, **not driven**" in bench.files["README.md"]
    compile(bench.files["test_protocols.py"], "test_protocols.py", "exec")


def test_nothing_to_drive_needs_no_bench() -> None:
    design = Design(
        top="m",
        sources={
            "m.v": "module m(input clk, input rx, output reg q); always @(posedge clk) q <= rx; endmodule"
        },
    )
    ports = infer_timing(design, read_interface(design))
    assert protocol_bench(write_testbench(ports, Golden(design=design), budget=64)) is None
    assert protocol_notes(ports) == ("UART device (rx): recognized, its bits are driven",)


@pytest.mark.icarus
@pytest.mark.parametrize("wrong", [False, True])
def test_a_design_answers_or_not_where_the_packages_are_installed(wrong: bool) -> None:
    bench = written(REGISTERS)
    text = REGISTERS.replace("<= pwdata", "<= pwdata ^ (paddr == 4)") if wrong else REGISTERS
    design = Design(top="regs", sources={"regs.v": text})
    found = judge(design, bench.bench, simulators=[Icarus()])
    expected = Status.FAIL if wrong else Status.PASS
    assert found.status is (Status.UNKNOWN if bench.missing else expected), found.reason


def test_operations_come_from_the_seed_and_read_what_was_written() -> None:
    first, again = (list(operations(Random(7), 50, 6, 32, words=False)) for _ in range(2))
    assert first == again
    assert first[0][0]
    assert all(address % 4 == 0 and address < 64 for _, address, _ in first)
    wrote: set[int] = set()
    hits = 0
    for write, address, _ in first:
        hits += not write and address in wrote
        wrote |= {address} if write else set()
    assert hits > 10
