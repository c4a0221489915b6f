"""The language model that comes with rtlgen: an adapter here, its base in a package of its own."""
