module reg16_bytes (
    input             clk,
    input             resetn,
    input      [1:0]  be,
    input      [15:0] wdata,
    output reg [15:0] rdata
);
    always @(posedge clk)
        if (!resetn)
            rdata <= 16'hFFFF;
        else begin
            if (be[0])
                rdata[7:0] <= wdata[7:0];
            if (be[1])
                rdata[15:8] <= wdata[15:8];
        end
endmodule
