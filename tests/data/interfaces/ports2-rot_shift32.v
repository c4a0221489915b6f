module rot_shift32(
  input [31:0] din,
  input [4:0] amount,
  input [1:0] mode,
  output [31:0] dout,
  output zero
);
endmodule
