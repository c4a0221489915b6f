"""A corpus that is right by construction: specifications drawn with the RTL that meets them."""
