"""Webhook endpoints: addresses of integrators' systems that hear our events."""

from services.notifications.webhook_endpoints.routes import routes

__all__ = ["routes"]
