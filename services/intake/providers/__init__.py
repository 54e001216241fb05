"""Providers: the agencies and organisations that help families, with what each can do."""

PLUGS = ("routes",)
