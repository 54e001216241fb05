"""Holders sign in without an account: a code to their phone, devices, chats of bots."""

from services.cards.sign_ins.routes import routes

__all__ = ["routes"]
