module pulse_stretcher(input clk, input rst_n, input trig, input [7:0] hold, output led);
endmodule
