"""The edge: typed routes on Chalice, inputs, dispatch and refusals in words."""
