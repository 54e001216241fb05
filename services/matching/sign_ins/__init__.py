"""Guardians' people sign in without accounts: a code to the contact, devices, chats of bots."""

from services.matching.sign_ins.repository import GuardianPeople
from shared.sign_in.routes import ways_in

__all__ = ["GuardianPeople", "routes"]

routes = ways_in()
