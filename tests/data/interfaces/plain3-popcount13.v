module popcount13(
  input [12:0] word,
  output reg [3:0] ones,
  output all_set
);
  integer i;
  always @* begin
    ones = 4'd0;
    for (i = 0; i < 13; i = i + 1)
      ones = ones + {3'd0, word[i]};
  end
  assign all_set = &word;
endmodule
