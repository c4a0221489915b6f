module golden(input clk, input nrst, input start, input done, output busy, output err);
  reg [1:0] s;
  always @(posedge clk or negedge nrst) if (!nrst) s <= 0; else case (s)
    0: s <= done ? 2 : start; 1: s <= done ? 0 : 1; default: s <= 2; endcase
  assign busy = s == 1, err = s == 2;
endmodule
