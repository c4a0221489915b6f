module dozen_counter (
    input  wire       clk,
    input  wire       rst,
    input  wire       en,
    output reg  [3:0] count,
    output wire       wrap
);
    assign wrap = en && (count == 4'd11);

    always @(posedge clk) begin
        if (rst)
            count <= 4'd0;
        else if (en) begin
            if (count == 4'd11)
                count <= 4'd0;
            else
                count <= count + 4'd1;
        end
    end
endmodule
