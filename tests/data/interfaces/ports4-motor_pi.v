module motor_pi(input clk, input rst_n, input update, input signed [15:0] setpoint, input signed [15:0] actual, input [9:0] kp, input [9:0] ki, output signed [15:0] drive, output sat);
endmodule
