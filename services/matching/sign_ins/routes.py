"""The ways in without an account, for contact persons of guardians."""

from shared.sign_in.routes import ways_in

routes = ways_in()
