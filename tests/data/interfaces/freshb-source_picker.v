module source_picker (
    input  wire [15:0] north,
    input  wire [15:0] east,
    input  wire [15:0] south,
    input  wire [15:0] west,
    input  wire [1:0]  sel,
    input  wire        mute,
    output reg  [15:0] dout
);
    always @* begin
        if (mute)
            dout = 16'd0;
        else
            case (sel)
                2'd0:    dout = north;
                2'd1:    dout = east;
                2'd2:    dout = south;
                default: dout = west;
            endcase
    end
endmodule
