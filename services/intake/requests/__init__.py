"""Requests: their routes, reactions and deadlines."""
