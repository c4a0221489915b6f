`define ST_OFF 2'b00
`define ST_LOW 2'b01
`define ST_MID 2'b10

module defines (input clk, input rst, input up, output reg [1:0] level);
    // ST_MID stands for ST_TOP too: nothing outside can tell them apart.
    reg [1:0] st;
    reg [1:0] next_st;
    always @(*) begin
        next_st[1] = ~((~st[1] & ~st[0]) | ~up);
        next_st[0] = (~st[1] & ~st[0] & up) | (st[1] & ~up);
        level = {st[1], st[0]};
    end

    always @(posedge clk or posedge rst) begin
        if (rst) st <= `ST_OFF;
        else st <= next_st;
    end
endmodule
