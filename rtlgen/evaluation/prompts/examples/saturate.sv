module TopModule (
  input  [7:0] a,
  input  [7:0] b,
  output [7:0] sum,
  output       full
);

  wire [8:0] wide = {1'b0, a} + {1'b0, b};

  assign full = wide[8];
  assign sum = full ? 8'd255 : wide[7:0];

endmodule
