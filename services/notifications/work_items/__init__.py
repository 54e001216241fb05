"""Work items: what the staff of a part of the programme should do next, until it is done."""

PLUGS = ("routes", "reactions")
