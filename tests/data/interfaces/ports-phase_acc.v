module phase_acc(input ck, input rs, input [23:0] fcw, input [11:0] pofs, input signed [7:0] dith, input step, input hold_ph, output [11:0] phase, output [23:0] raw, output carry);
endmodule
