"""How the tests of a benchmark judge designs; each harness is one way of a test to decide."""
