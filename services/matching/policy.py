"""Who may do what in matching."""

from shared.identity.policy import Policy

POLICY = Policy.beside(__file__)
