"""Care agreements: what help a family gets, signed by both sides."""

PLUGS = ("routes",)
