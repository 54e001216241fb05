"""Volunteers: people and organisations that help with single tasks, and who may be given one."""

PLUGS = ("routes",)
