module load_reg16 (
    input  wire        clk,
    input  wire        rst_n,
    input  wire        load,
    input  wire [15:0] d,
    output reg  [15:0] q
);
    always @(posedge clk or negedge rst_n) begin
        if (!rst_n)
            q <= 16'd0;
        else if (load)
            q <= d;
    end
endmodule
