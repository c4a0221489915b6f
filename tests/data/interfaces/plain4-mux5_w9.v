module mux5_w9 (
    input      [8:0] a,
    input      [8:0] b,
    input      [8:0] c,
    input      [8:0] d,
    input      [8:0] e,
    input      [2:0] sel,
    output reg [8:0] y
);
    always @*
        case (sel)
            3'd0:    y = a;
            3'd1:    y = b;
            3'd2:    y = c;
            3'd3:    y = d;
            3'd4:    y = e;
            default: y = 9'd0;
        endcase
endmodule
