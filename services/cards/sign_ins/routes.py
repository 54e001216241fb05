"""The ways in without an account, for holders."""

from shared.sign_in.routes import ways_in

routes = ways_in()
