// Generate branches that nothing takes, with what could not be elaborated in them.
module sub #(parameter W=8, parameter K=0)(input [7:0] a, b, output [7:0] s);
generate
 if (K==0) begin : add assign s = a + b; end
 else if (K==1) begin : sub assign s = a - b; end
 else assign s = foo;
 case (W) 4: begin : bad assign s = 1; end 8: begin : ok end default: wire q; endcase
 for (genvar i=0;i<K-3;i=i+1) begin : never assign s[i] = 1; end
 for (genvar i=0;i<1;i=i+1) if (K>0) assign s = 0; else begin : w wire z; end
endgenerate
endmodule
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
wire [7:0] s; sub #(8,0) i(a,b,s);
always @(posedge clk) y <= rst ? 8'h00 : s;
endmodule
