module axis_downsize(input aclk, input aresetn, input s_tvalid, input s_tlast, input [63:0] s_tdata, output s_tready, output m_tvalid, output m_tlast, output [15:0] m_tdata, input m_tready);
endmodule
