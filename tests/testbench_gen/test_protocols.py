from __future__ import annotations

from random import Random

import pytest

from sim.design import Design
from sim.icarus import Icarus
from sim.interface import Interface, infer_timing, read_interface
from sim.judge import judge
from sim.process import Limits
from sim.verdict import Status
from testbench_gen import Golden, write_testbench
from testbench_gen.protocol_bench import ProtocolBench, protocol_bench, protocol_notes
from testbench_gen.protocol_lines import bit_times, i2c_is_whole, serial_context
from testbench_gen.protocols import Protocol, ProtocolPort, Role, protocol_ports
from testbench_gen.standalone.transactions import operations
from tests.testbench_gen.builders import port

PATIENT = Limits(seconds=600.0, cpu_seconds=60.0)
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
    assert [port.protocol for port in bench.driven] == [Protocol.APB, Protocol.UART]
    assert bench.left == ()
    assert bench.bench.expected_checks == 64 + 12 * 3
    assert "wire p0_pready = 1'b1;" in bench.files["rtlgen_tb_top.v"]
    assert "UART device (rx): driven" in bench.files["README.md"]
    compile(bench.files["test_protocols.py"], "test_protocols.py", "exec")


def test_nothing_to_drive_needs_no_bench() -> None:
    text = """module m(input clk, output reg tvalid, output reg [7:0] tdata, input tready);
      always @(posedge clk) begin tvalid <= 1; if (tready) tdata <= tdata + 1; end
    endmodule"""
    design = Design(top="m", sources={"m.v": text})
    ports = infer_timing(design, read_interface(design))
    assert protocol_bench(write_testbench(ports, Golden(design=design), budget=64)) is None
    assert protocol_notes(ports)[0].startswith("AXI4-Stream host")


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


def test_bit_times_are_what_counters_end_at_then_multiples_and_quotients() -> None:
    text = """module m #(parameter CLOCK = 1600, parameter BAUD = 100)(input clk);
      reg [4:0] n; always @(posedge clk) n <= n == 19 ? 0 : n + 1; endmodule"""
    found = bit_times(text)
    assert found[0] == 20
    assert {320, 16, 1600} <= set(found)
    assert len(set(found)) == len(found)


def test_slow_bits_are_tried_as_long_as_time_allows() -> None:
    text = "module m(input clk); reg [13:0] n; always @(posedge clk) n <= n == 9999 ? 0 : n + 1; endmodule"
    found = bit_times(text)
    assert found[0] == 10_000
    assert sum(found) <= 12_000
    assert 16 in found


def i2c(inputs: str, outputs: str) -> tuple[str, str, bool]:
    (port,) = found(inputs, outputs, other="clk")
    ports = interface(inputs, outputs, "", "clk")
    names = {each.name: each.name for each in ports.ports}
    context = serial_context([("p0", port)], ports, names)
    scl, sda = context["bus_lines"]
    return scl["low"], sda["low"], i2c_is_whole(port)


@pytest.mark.parametrize(
    ("inputs", "outputs", "scl", "sda", "whole"),
    [
        ("scl_i sda_i", "sda_o", "0", "p0_sda_o === 1'b0", True),
        ("scl sda_i", "sda_oe", "0", "p0_sda_oe === 1'b1", True),
        ("scl_i sda_i", "scl_o scl_t sda_o sda_t",
         "p0_scl_t === 1'b0 & p0_scl_o === 1'b0", "p0_sda_t === 1'b0 & p0_sda_o === 1'b0", True),
        ("sda_i", "scl sda_oe", "p0_scl === 1'b0", "p0_sda_oe === 1'b1", True),
        ("sda_i", "scl", "p0_scl === 1'b0", "0", False),
        ("scl sda", "", "0", "0", False),
    ],
)  # fmt: skip
def test_open_drain_lines_are_low_while_a_module_pulls(
    inputs: str, outputs: str, scl: str, sda: str, whole: bool
) -> None:
    assert i2c(inputs, outputs) == (scl, sda, whole)


ECHO = """module echo (input clk, input rst, input rxd, output reg txd,
            output reg [7:0] data, output reg valid);
  reg [4:0] count, tcount; reg [3:0] at, tat; reg [7:0] sh; reg [9:0] out;
  always @(posedge clk)
    if (rst) begin at <= 0; count <= 0; valid <= 0; data <= 0; sh <= 0; end
    else begin
      valid <= 0;
      if (at == 0) begin
        if (!rxd) begin at <= 1; count <= 10; end
      end else if (count != 19) count <= count + 1;
      else begin
        count <= 0; at <= at + 1;
        if (at <= 9) sh <= {rxd, sh[7:1]};
        if (at == 9) begin at <= 0; data <= {rxd, sh[7:1]}; valid <= 1; end
      end
    end
  always @(posedge clk)
    if (rst) begin txd <= 1; tat <= 0; tcount <= 0; out <= 0; end
    else if (tat == 0) begin txd <= 1; if (valid) begin out <= {1'b1, data, 1'b0}; tat <= 10; tcount <= 0; end end
    else begin
      txd <= out[0];
      if (tcount == 19) begin tcount <= 0; tat <= tat - 1; out <= {1'b1, out[9:1]}; end
      else tcount <= tcount + 1;
    end
endmodule
"""
SLAVE = """module regs (input clk, input rst, input scl_i, input sda_i, output sda_oe, output reg [7:0] led);
  localparam ADDRESS = 7'h2a;
  reg [2:0] s, d; reg [3:0] n; reg [7:0] sh; reg [1:0] st; reg ack, out;
  wire sc = s[1], da = d[1];
  wire start = s[2] & s[1] & d[2] & ~d[1], stop = s[2] & s[1] & ~d[2] & d[1];
  wire up = s[1] & ~s[2], down = ~s[1] & s[2];
  assign sda_oe = ack | (out & ~sh[7]);
  always @(posedge clk)
    if (rst) begin s <= 7; d <= 7; n <= 0; st <= 0; ack <= 0; out <= 0; led <= 0; sh <= 0; end
    else begin
      s <= {s[1:0], scl_i}; d <= {d[1:0], sda_i};
      if (start) begin st <= 1; n <= 0; ack <= 0; out <= 0; end
      else if (stop) begin st <= 0; ack <= 0; out <= 0; end
      else if (st != 0 && up && n < 8) begin if (!out) sh <= {sh[6:0], da}; n <= n + 1; end
      else if (st != 0 && up) begin n <= 9; if (out && da) begin out <= 0; st <= 0; end end
      else if (st != 0 && down) begin
        if (out && n < 8 && n > 0) sh <= {sh[6:0], 1'b1};
        if (n == 8) begin
          if (st == 1) begin if (sh[7:1] == ADDRESS) ack <= 1; else st <= 0; end
          else if (!out) begin ack <= 1; led <= sh; end
        end else if (n == 9) begin
          n <= 0; ack <= 0;
          if (st == 1) begin st <= 2; if (sh[0]) begin out <= 1; sh <= led; end end
          else if (out) sh <= led + 1;
        end
      end
    end
endmodule
"""
SHIFT = """module shift (input sclk, input mosi, input cs_n, output miso, output reg [7:0] last);
  reg [7:0] sh; reg [2:0] n;
  assign miso = sh[7];
  always @(posedge sclk or posedge cs_n)
    if (cs_n) begin n <= 0; sh <= 8'h9d; end
    else begin sh <= {sh[6:0], mosi}; n <= n + 1; if (n == 7) last <= {sh[6:0], mosi}; end
endmodule
"""
RAM = """module ram (input clk, input rst,
  input [3:0] s_awid, input [9:0] s_awaddr, input [7:0] s_awlen, input s_awvalid, output s_awready,
  input [31:0] s_wdata, input [3:0] s_wstrb, input s_wlast, input s_wvalid, output s_wready,
  output reg [3:0] s_bid, output [1:0] s_bresp, output reg s_bvalid, input s_bready,
  input [9:0] s_araddr, input [7:0] s_arlen, input s_arvalid, output s_arready,
  output [31:0] s_rdata, output [1:0] s_rresp, output s_rlast, output s_rvalid, input s_rready);
  reg [31:0] mem [0:255]; integer i;
  reg [7:0] wa, ra, left; reg writing, reading;
  assign s_awready = ~writing & ~s_bvalid, s_wready = writing, s_bresp = 0;
  assign s_arready = ~reading, s_rvalid = reading, s_rresp = 0, s_rdata = mem[ra], s_rlast = left == 0;
  always @(posedge clk)
    if (rst) begin writing <= 0; reading <= 0; s_bvalid <= 0; s_bid <= 0; left <= 0; wa <= 0; ra <= 0;
      for (i = 0; i < 256; i = i + 1) mem[i] <= 0; end
    else begin
      if (s_awvalid & s_awready) begin writing <= 1; wa <= s_awaddr[9:2]; s_bid <= s_awid; end
      if (s_wvalid & s_wready) begin
        for (i = 0; i < 4; i = i + 1) if (s_wstrb[i]) mem[wa][8*i +: 8] <= s_wdata[8*i +: 8];
        wa <= wa + 1;
        if (s_wlast) begin writing <= 0; s_bvalid <= 1; end
      end
      if (s_bvalid & s_bready) s_bvalid <= 0;
      if (s_arvalid & s_arready) begin reading <= 1; ra <= s_araddr[9:2]; left <= s_arlen; end
      else if (s_rvalid & s_rready) begin ra <= ra + 1; left <= left - 1; if (left == 0) reading <= 0; end
    end
endmodule
"""
SPI_HOST = """module master (input clk, input rst, input start, input [7:0] tx, input miso,
            output reg sclk, output reg mosi, output reg cs_n, output reg [7:0] rx, output reg done);
  reg [1:0] div; reg [4:0] at; reg [7:0] sh;
  always @(posedge clk)
    if (rst) begin sclk <= 0; mosi <= 0; cs_n <= 1; rx <= 0; done <= 0; div <= 0; at <= 0; sh <= 0; end
    else begin
      done <= 0; div <= div + 1;
      if (at == 0) begin if (start) begin cs_n <= 0; sh <= tx; at <= 17; div <= 0; end end
      else if (div == 3) begin
        at <= at - 1;
        if (at == 1) begin cs_n <= 1; sclk <= 0; rx <= sh; done <= 1; end
        else if (at[0]) begin sclk <= 0; mosi <= sh[7]; end
        else begin sclk <= 1; sh <= {sh[6:0], miso}; end
      end
    end
endmodule
"""
I2C_HOST = """module master (input clk, input rst, input go, input [7:0] data, input sda_i,
            output scl_oe, output sda_oe, output reg busy, output reg nack);
  reg [2:0] div; reg [6:0] at; reg scl, sda;
  wire [18:0] bits = {7'h50, 1'b0, 1'b1, data, 1'b1, 1'b0};
  assign scl_oe = ~scl, sda_oe = ~sda;
  always @(posedge clk)
    if (rst) begin scl <= 1; sda <= 1; busy <= 0; nack <= 0; div <= 0; at <= 0; end
    else begin
      div <= div + 1;
      if (!busy) begin if (go) begin busy <= 1; at <= 0; div <= 0; nack <= 0; end end
      else if (div == 7) begin
        at <= at + 1;
        if (at == 0) sda <= 0;
        else if (at == 78) begin sda <= 1; busy <= 0; end
        else case (at[1:0])
          1: scl <= 0;
          2: sda <= at[6:2] == 19 ? 0 : bits[18 - at[6:2]];
          3: scl <= 1;
          0: if (at[6:2] == 9 || at[6:2] == 18) nack <= nack | sda_i;
        endcase
      end
    end
endmodule
"""


@pytest.mark.icarus
@pytest.mark.parametrize(
    ("text", "ports", "right", "wrong"),
    [
        (ECHO, 2, "{rxd, sh[7:1]}; valid", "{rxd, sh[7:2], 1'b0}; valid"),
        (SLAVE, 1, "led + 1", "led + 2"),
        (SHIFT, 1, "n == 7", "n == 6"),
        (RAM, 1, "wa <= wa + 1;", "wa <= wa + 1 + (wa == 5);"),
        (SPI_HOST, 1, "sh <= tx;", "sh <= tx & 8'h5f;"),
        (I2C_HOST, 1, "1'b1, data, 1'b1", "1'b1, data[7:1], 1'b0, 1'b1"),
    ],
    ids=["UART", "I2C device", "SPI device", "AXI4", "SPI host", "I2C host"],
)
def test_frames_and_bursts_tell_a_wrong_design(
    text: str, ports: int, right: str, wrong: str
) -> None:
    top = text.split()[1]
    design = Design(top=top, sources={"d.v": text})
    ports_of = infer_timing(design, read_interface(design))
    bench = protocol_bench(write_testbench(ports_of, Golden(design=design), budget=64))
    assert bench is not None
    assert (len(bench.driven), bench.left, bench.missing) == (ports, (), ())
    for source, status in ((text, Status.PASS), (text.replace(right, wrong), Status.FAIL)):
        assert source == text or status is Status.FAIL
        wanted = Design(top=top, sources={"d.v": source})
        found = judge(wanted, bench.bench, simulators=[Icarus()], limits=PATIENT)
        assert found.status is status, found.reason
