// A button that bounces: the level follows after it was steady for 20 clock cycles,
// and `pressed` is 1 for one cycle whenever the level rises.
module debounce(
  input clk,
  input rst_n,
  input button,
  output reg level,
  output reg pressed
);
  reg [4:0] steady;

  always @(posedge clk or negedge rst_n)
    if (!rst_n) begin
      steady <= 0;
      level <= 0;
      pressed <= 0;
    end else begin
      pressed <= 0;
      if (button == level)
        steady <= 0;
      else if (steady == 5'd19) begin
        steady <= 0;
        level <= button;
        pressed <= button;
      end else
        steady <= steady + 1;
    end
endmodule
