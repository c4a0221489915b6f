module temp_alarm(input clk, input rst, input signed [8:0] temp, input signed [8:0] hi_thr, input signed [8:0] lo_thr, input [3:0] hyst, input sample_ok, output over, output under, output signed [8:0] worst);
endmodule
