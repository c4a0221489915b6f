from __future__ import annotations

import pytest

from sim.interface import Interface
from testbench_gen.protocols import Protocol, ProtocolPort, Role, protocol_ports
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
