"""Work items: what the staff of a region, or of the federation, should do next."""

from services.notifications.work_items.routes import routes

__all__ = ["routes"]
