"""The checklist of a guardian: training, interview, briefing, and the agreement to take part."""

PLUGS = ("routes",)
