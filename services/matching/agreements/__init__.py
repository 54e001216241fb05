"""Care agreements: what help a family gets, signed by both sides."""

from services.matching.agreements.routes import routes

__all__ = ["routes"]
