"""What everybody may look up: where the card is honoured, and the page behind a sticker."""

PLUGS = ("routes",)
