module addr_decode (
    input  [15:0] addr,
    input         access,
    input         write,
    output        sel_ram,
    output        sel_uart,
    output        sel_rom,
    output        fault
);
endmodule
