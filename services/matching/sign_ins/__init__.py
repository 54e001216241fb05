"""Guardians' people sign in without accounts: a code to the contact, devices, chats of bots."""

PLUGS = ("routes",)
