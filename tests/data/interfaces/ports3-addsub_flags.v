module addsub_flags(input [15:0] opa, input [15:0] opb, input sub, input cin, output [15:0] sum, output z, output n, output c, output v);
endmodule
