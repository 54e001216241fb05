"""Who lost card and phone is helped by the hotline or a leader: they find the card and block it."""

PLUGS = ("routes",)
