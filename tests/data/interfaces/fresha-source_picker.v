module source_picker (
    input  wire [3:0] valid,
    input  wire [3:0] mask,
    input  wire [7:0] a,
    input  wire [7:0] b,
    input  wire [7:0] c,
    input  wire [7:0] d,
    output reg  [7:0] y,
    output reg  [1:0] sel,
    output wire       any
);
    wire [3:0] ok = valid & ~mask;

    assign any = |ok;

    always @* begin
        if (ok[3]) begin
            y   = d;
            sel = 2'd3;
        end else if (ok[2]) begin
            y   = c;
            sel = 2'd2;
        end else if (ok[1]) begin
            y   = b;
            sel = 2'd1;
        end else if (ok[0]) begin
            y   = a;
            sel = 2'd0;
        end else begin
            y   = 8'd0;
            sel = 2'd0;
        end
    end
endmodule
