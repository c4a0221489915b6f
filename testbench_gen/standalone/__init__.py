"""Modules that every written testbench takes along, word for word.

They need nothing but the standard library, so that a testbench runs with
rtlgen uninstalled; rtlgen itself imports them to know the number of checks
before anything is simulated.
"""
