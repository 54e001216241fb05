"""Guardians and families: organisations that help for long, and the families they suit."""
