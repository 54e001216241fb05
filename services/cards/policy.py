"""What a caller may do in cards, as `policy.cedar` beside this module decides."""

from shared.identity.policy import Policy

POLICY = Policy.beside(__file__)
