"""What telephony says about calls: its routes."""

PLUGS = ("routes",)
