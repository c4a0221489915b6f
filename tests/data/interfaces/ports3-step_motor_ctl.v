module step_motor_ctl(input clk, input rst, input go, input abort, input signed [12:0] steps, input [15:0] rate, output [3:0] phase, output hold, output moving, output done, output signed [23:0] where);
endmodule
