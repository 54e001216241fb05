"""Holders sign in without an account: a code to their phone, devices, chats of bots."""

from services.cards.sign_ins.repository import CardPeople
from shared.sign_in.routes import ways_in

__all__ = ["CardPeople", "routes"]

routes = ways_in()
