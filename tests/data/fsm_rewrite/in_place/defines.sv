`define ST_OFF 2'b00
`define ST_LOW 2'b01
`define ST_MID 2'b10

module defines (input clk, input rst, input up, output reg [1:0] level);
    // ST_MID stands for ST_TOP too: nothing outside can tell them apart.
    reg [1:0] st;
    always @(posedge clk or posedge rst) begin
        if (rst)
            st <= `ST_OFF;
        else
            case (st)
                `ST_OFF: st <= up ? `ST_LOW : `ST_OFF;
                `ST_LOW: st <= up ? `ST_MID : `ST_OFF;
                `ST_MID: st <= up ? `ST_MID : `ST_LOW;
            endcase
    end
    always_comb case (st)
        `ST_OFF: level = 2'd0;
        `ST_LOW: level = 2'd1;
        default: level = 2'd2;
    endcase
endmodule
