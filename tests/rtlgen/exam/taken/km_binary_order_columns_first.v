module golden(input u0, input u1, input v0, input v1, output reg k);
  always @* case ({u1, u0, v1, v0})
    4'b1111: k = 1; 4'b1110: k = 0; 4'b1101: k = 0; 4'b1100: k = 1;
    4'b0111: k = 0; 4'b0110: k = 0; 4'b0101: k = 1; 4'b0100: k = 1;
    4'b1011: k = 1; 4'b1010: k = 1; 4'b1001: k = 0; 4'b1000: k = 0;
    4'b0011: k = 0; 4'b0010: k = 1; 4'b0001: k = 1; 4'b0000: k = 0;
  endcase
endmodule
