module accum16 (
    input  wire        clk,
    input  wire        rst_n,
    input  wire        clear,
    input  wire        add,
    input  wire [7:0]  din,
    output reg  [15:0] acc
);
    always @(posedge clk) begin
        if (!rst_n)
            acc <= 16'd0;
        else if (clear)
            acc <= 16'd0;
        else if (add)
            acc <= acc + {8'd0, din};
    end
endmodule
