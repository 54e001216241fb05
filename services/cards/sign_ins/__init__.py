"""Holders sign in without an account: a code to their phone, devices, chats of bots."""

PLUGS = ("routes",)
