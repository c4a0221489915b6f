`define ST_OFF 2'b00
`define ST_LOW 2'b01
`define ST_MID 2'b10

module defines (input clk, input rst, input up, output reg [1:0] level);
    // ST_MID stands for ST_TOP too: nothing outside can tell them apart.
    reg [1:0] st;
    reg [1:0] next_st;
    always @(*) begin
        case (st)
            `ST_OFF: next_st = up ? `ST_LOW : `ST_OFF;
            `ST_LOW: next_st = up ? `ST_MID : `ST_OFF;
            `ST_MID: next_st = up ? `ST_MID : `ST_LOW;
            default: next_st = 2'bxx;
        endcase
    end

    always @(posedge clk or posedge rst) begin
        if (rst) st <= `ST_OFF;
        else st <= next_st;
    end
    always_comb case (st)
        `ST_OFF: level = 2'd0;
        `ST_LOW: level = 2'd1;
        default: level = 2'd2;
    endcase
endmodule
