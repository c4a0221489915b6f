"""The families of the corpus, one module a kind; `rtlgen.synth.catalog` lists them."""
