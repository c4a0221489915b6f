module config_word (
    input  wire        clk,
    input  wire        srst,
    input  wire        we,
    input  wire [3:0]  be,
    input  wire [31:0] wdata,
    input  wire        lock_set,
    output reg  [31:0] q,
    output reg         locked,
    output reg         wr_err
);
    always @(posedge clk) begin
        if (srst) begin
            q      <= 32'h0000A5FF;
            locked <= 1'b0;
            wr_err <= 1'b0;
        end else begin
            wr_err <= we && locked;
            if (lock_set)
                locked <= 1'b1;
            if (we && !locked) begin
                if (be[0]) q[7:0]   <= wdata[7:0];
                if (be[1]) q[15:8]  <= wdata[15:8];
                if (be[2]) q[23:16] <= wdata[23:16];
                if (be[3]) q[31:24] <= wdata[31:24];
            end
        end
    end
endmodule
