module yuv_clip(input pclk, input de_i, input signed [10:0] y_i, input signed [10:0] u_i, input signed [10:0] v_i, input full_rng, output de_o, output [7:0] y_o, output [7:0] u_o, output [7:0] v_o);
endmodule
