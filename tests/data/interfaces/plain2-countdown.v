module countdown (
    input  wire       clk,
    input  wire       rst_n,
    input  wire       load,
    input  wire [5:0] start_value,
    output reg  [5:0] count,
    output wire       done
);
    assign done = (count == 6'd0);

    always @(posedge clk or negedge rst_n) begin
        if (!rst_n)
            count <= 6'd0;
        else if (load)
            count <= start_value;
        else if (count != 6'd0)
            count <= count - 6'd1;
    end
endmodule
