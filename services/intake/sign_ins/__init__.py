"""Families sign in without an account: a code to their contact, devices, chats of bots.

Which family of a shared phone it is is asked with the code.
"""

from services.intake.sign_ins import use_cases
from shared.sign_in.routes import ways_in

__all__ = ["routes"]

routes = ways_in(
    use_cases.exchange_code, use_cases.bind_chat, ("which_family", "number_of_no_family")
)
