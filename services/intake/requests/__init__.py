"""Requests: what families ask for, by phone, web or bot, until it is part of a case or answered."""

PLUGS = ("routes", "reactions")
