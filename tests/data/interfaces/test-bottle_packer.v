module bottle_packer (
    input            clk,
    input            reset,
    input            bottle,
    output reg [3:0] in_box,
    output reg       box_full,
    output reg [7:0] boxes
);
endmodule
