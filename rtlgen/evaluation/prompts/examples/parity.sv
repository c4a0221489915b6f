module TopModule (
  input            clk,
  input            resetn,
  input            valid,
  input            serial,
  output reg [3:0] nibble,
  output           odd
);

  always @(posedge clk) begin
    if (!resetn)
      nibble <= 4'd0;
    else if (valid)
      nibble <= {nibble[2:0], serial};
  end

  assign odd = ^nibble;

endmodule
