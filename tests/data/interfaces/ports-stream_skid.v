module stream_skid(input aclk, input aresetn, input s_valid, output s_ready, input [31:0] s_data, input s_last, output m_valid, input m_ready, output [31:0] m_data, output m_last);
endmodule
