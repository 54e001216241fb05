"""The ways in without an account, for families."""

from services.intake.sign_ins import use_cases
from shared.sign_in.routes import ways_in

routes = ways_in(
    use_cases.exchange_code, use_cases.bind_chat, ("which_family", "number_of_no_family")
)
