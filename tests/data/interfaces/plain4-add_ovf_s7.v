module add_ovf_s7 (
    input                   clk,
    input                   rst_n,
    input      signed [6:0] a,
    input      signed [6:0] b,
    input                   cin,
    output reg signed [6:0] s,
    output reg              ovf
);
    wire [7:0] full = {a[6], a} + {b[6], b} + {7'd0, cin};

    always @(posedge clk or negedge rst_n)
        if (!rst_n) begin
            s   <= 7'd0;
            ovf <= 1'b0;
        end else begin
            s   <= full[6:0];
            ovf <= full[7] ^ full[6];
        end
endmodule
