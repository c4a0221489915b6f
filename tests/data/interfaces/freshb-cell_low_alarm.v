module cell_low_alarm (
    input  wire       clk,
    input  wire       rst_n,
    input  wire [7:0] level,
    output reg        alarm
);
    always @(posedge clk or negedge rst_n) begin
        if (!rst_n)
            alarm <= 1'b0;
        else if (level < 8'd40)
            alarm <= 1'b1;
        else if (level >= 8'd56)
            alarm <= 1'b0;
    end
endmodule
