module chip_select (
    input  [15:0] addr,
    input         access,
    output        rom_cs,
    output        ram_cs,
    output        io_cs,
    output        bus_error
);
endmodule
