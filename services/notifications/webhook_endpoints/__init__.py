"""Webhook endpoints: addresses of integrators' systems that hear our events."""

PLUGS = ("routes",)
