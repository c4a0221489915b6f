module sat_add(input [7:0] a, b, output [7:0] y);
  wire [8:0] s = a + b;
  assign y = s[8] ? 8'd255 : s[7:0];
endmodule
