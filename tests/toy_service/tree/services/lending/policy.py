"""The rules of `policy.cedar`."""

from shared.identity.policy import Policy

POLICY = Policy.beside(__file__)
