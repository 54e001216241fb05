"""A guardian's contact changes: by its people with two codes, or by headquarters with evidence."""

from services.matching.contact_changes.routes import routes

__all__ = ["routes"]
