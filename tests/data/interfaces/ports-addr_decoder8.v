module addr_decoder8(input [15:0] addr, input valid, output [7:0] cs, output miss);
endmodule
