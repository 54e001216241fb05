"""Wordings: words of templates that operations have edited, above those of the release."""

PLUGS = ("routes",)
