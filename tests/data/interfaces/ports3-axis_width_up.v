module axis_width_up(input aclk, input aresetn, input [7:0] s_tdata, input s_tvalid, input s_tlast, output s_tready, output [31:0] m_tdata, output [3:0] m_tkeep, output m_tvalid, output m_tlast, input m_tready);
endmodule
