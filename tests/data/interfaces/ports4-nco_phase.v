module nco_phase(input clk, input rst_n, input load, input [31:0] freq_word, input [31:0] phase_ofs, input signed [15:0] fm, output [11:0] phase, output cycle);
endmodule
