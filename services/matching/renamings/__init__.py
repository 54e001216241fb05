"""An organisation is called otherwise: its open matches follow, and the families hear of it."""

PLUGS = ("reactions",)
