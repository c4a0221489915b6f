`ifndef WIDTH_VH
`define WIDTH_VH
`include "more.vh"
`define ZERO 8'd0
`endif
