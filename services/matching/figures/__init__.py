"""The programme's figures that matching answers for."""

from services.matching.figures.routes import routes

__all__ = ["routes"]
