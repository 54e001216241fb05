"""The rules of access to intake, read from the `policy.cedar` beside this module."""

from shared.identity.policy import Policy

POLICY = Policy.beside(__file__)
