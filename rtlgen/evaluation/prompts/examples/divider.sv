module TopModule (
  input  clk,
  input  reset,
  input  en,
  output tick
);

  reg [2:0] count;

  always @(posedge clk) begin
    if (reset)
      count <= 3'd0;
    else if (en)
      count <= (count == 3'd4) ? 3'd0 : count + 3'd1;
  end

  assign tick = en & (count == 3'd4);

endmodule
