"""Text and binary formats of logic synthesis, in and out: PLA, BLIF, AIGER.

KISS2, for state tables, is in `symbolic.kiss2`.
"""
