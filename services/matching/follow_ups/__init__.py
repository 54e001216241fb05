"""The calls that the programme promises a family; they are part of its match."""
