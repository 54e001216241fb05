"""Families sign in without an account: a code to their contact, devices, chats of bots.

Which family of a shared phone it is is asked with the code.
"""

PLUGS = ("routes",)
