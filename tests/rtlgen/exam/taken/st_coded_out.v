module golden(input clk, input reset_n, input step, output reg [1:0] state, output last);
  always @(posedge clk or negedge reset_n)
    if (!reset_n) state <= 0;
    else case (state)
      0: state <= step ? 1 : 0; 1: state <= step ? 3 : 1; 3: state <= step ? 3 : 2; 2: state <= 0;
    endcase
  assign last = state == 2;
endmodule
