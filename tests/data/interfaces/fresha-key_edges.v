module key_edges (
    input  wire       clk,
    input  wire       rst,
    input  wire [3:0] keys,
    output reg  [3:0] pressed,
    output reg  [3:0] released,
    output wire       activity
);
    reg [3:0] last;

    assign activity = |{pressed, released};

    always @(posedge clk) begin
        last <= keys;
        if (rst) begin
            pressed  <= 4'd0;
            released <= 4'd0;
        end else begin
            pressed  <= keys & ~last;
            released <= ~keys & last;
        end
    end
endmodule
