"""Footer links: the links and phones that messages end with, set by operations."""

from services.notifications.footer_links.routes import routes

__all__ = ["routes"]
