module addr_decode(
  input [19:0] addr,
  input stb,
  input we,
  input [3:0] prot,
  output sel_rom,
  output sel_ram,
  output sel_gpio,
  output sel_uart,
  output sel_timer,
  output err,
  output [11:0] offs
);
endmodule
