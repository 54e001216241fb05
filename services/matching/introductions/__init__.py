"""From the proposal to the first contact: both sides' yes, the meeting, and why it came late."""

PLUGS = ("routes",)
