"""Counts of cards and checks that stay when people are erased; `figures` shows them.

A day at the tills of a partner is summed after its end and published once.
"""

PLUGS = ("reactions",)
