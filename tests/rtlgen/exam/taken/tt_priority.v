module golden(input [3:0] req, output [1:0] idx, output valid);
  assign valid = |req;
  assign idx = req[3] ? 3 : req[2] ? 2 : req[1] ? 1 : req[0] ? 0 : 2'bxx;
endmodule
