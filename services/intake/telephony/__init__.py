"""What telephony says about calls."""

PLUGS = ("routes",)
