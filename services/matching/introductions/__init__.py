"""From the proposal to the first contact: both sides' yes, the meeting, and why it came late."""

from services.matching.introductions.routes import routes

__all__ = ["routes"]
