module credit_mgr(input clk_i, input rst_ni, input req_i, input return_i, input init_i, input [4:0] init_val_i, output grant_o, output empty_o, output err_o, output [4:0] credits_o);
endmodule
