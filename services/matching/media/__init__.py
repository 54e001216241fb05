"""Photos and videos of the help: uploaded by signed links, looked at before they count."""

PLUGS = ("routes", "reactions")
