module bcd_stopwatch(input clk, input rst_n, input run, input lap, input tick_100hz, output [3:0] hund, output [3:0] tenth, output [3:0] sec_lo, output [3:0] sec_hi, output rollover);
endmodule
