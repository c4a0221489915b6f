module mod6_counter (
    input  wire       clk,
    input  wire       rst,
    input  wire       en,
    output reg  [2:0] count,
    output wire       carry
);
    assign carry = en && (count == 3'd5);

    always @(posedge clk) begin
        if (rst)
            count <= 3'd0;
        else if (en) begin
            if (count == 3'd5)
                count <= 3'd0;
            else
                count <= count + 3'd1;
        end
    end
endmodule
