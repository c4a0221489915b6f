module golden(input [3:0] g, output [3:0] b);
  assign b = {g[3], ^g[3:2], ^g[3:1], ^g};
endmodule
