module skid_buf(
  input aclk,
  input aresetn,
  input [31:0] s_data,
  input s_last,
  input s_valid,
  output s_ready,
  output [31:0] m_data,
  output m_last,
  output m_valid,
  input m_ready
);
endmodule
