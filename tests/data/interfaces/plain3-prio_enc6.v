module prio_enc6(
  input [5:0] req,
  output reg [2:0] index,
  output any
);
  assign any = |req;
  always @*
    if (req[0]) index = 3'd0;
    else if (req[1]) index = 3'd1;
    else if (req[2]) index = 3'd2;
    else if (req[3]) index = 3'd3;
    else if (req[4]) index = 3'd4;
    else if (req[5]) index = 3'd5;
    else index = 3'd0;
endmodule
