"""How code is found in what a model wrote; `rtlgen.llm.extract` is the way in."""
