module golden(input clk, input rst_n, input five, input ten, output open, output back);
  reg [2:0] s;
  always @(posedge clk or negedge rst_n)
    if (!rst_n) s <= 0;
    else if (s == 3 || s == 4) s <= 0;
    else if (five && ten) s <= 3'bx;
    else if (^s === 1'bx) s <= s;
    else s <= s + five + 2 * ten;
  assign open = ^s === 1'bx ? 1'bx : s >= 3;
  assign back = ^s === 1'bx ? 1'bx : s == 4;
endmodule
