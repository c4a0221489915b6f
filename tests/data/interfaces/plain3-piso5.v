module piso5(
  input clk,
  input arst_n,
  input load,
  input shift,
  input [4:0] din,
  output sout
);
  reg [4:0] r;
  assign sout = r[0];
  always @(posedge clk or negedge arst_n)
    if (!arst_n) r <= 5'b11111;
    else if (load) r <= din;
    else if (shift) r <= {1'b1, r[4:1]};
endmodule
