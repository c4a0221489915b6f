module mux4_w12(
  input [11:0] a,
  input [11:0] b,
  input [11:0] c,
  input [11:0] d,
  input [1:0] sel,
  output reg [11:0] y
);
  always @*
    case (sel)
      2'd0: y = a;
      2'd1: y = b;
      2'd2: y = c;
      default: y = d;
    endcase
endmodule
