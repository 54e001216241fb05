"""Messages: one message to one person about one event; `sendings` hands it over."""

PLUGS = ("routes", "reactions")
