module golden(input p, input q, input r, input s, output reg z);
  always @* case ({r, s, p, q})
    4'b0000: z = 1; 4'b0001: z = 0; 4'b0011: z = 1'bx; 4'b0010: z = 1;
    4'b0100: z = 0; 4'b0101: z = 0; 4'b0111: z = 1; 4'b0110: z = 0;
    4'b1100: z = 0; 4'b1101: z = 1; 4'b1111: z = 1; 4'b1110: z = 0;
    4'b1000: z = 1; 4'b1001: z = 0; 4'b1011: z = 0; 4'b1010: z = 1'bx;
  endcase
endmodule
