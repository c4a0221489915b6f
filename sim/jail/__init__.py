"""The launcher that confines a child process, and the value that tells it how.

`python -I -S` runs `launch` as a process of its own; this package therefore
imports nothing but `ctypes` and built-in modules, which keeps a start near the
cost of starting Python. Nothing here is for use outside `sim.process`.
"""
