"""Who may do what here, decided by `policy.cedar` on the things themselves."""

from shared.identity.policy import Policy

POLICY = Policy.beside(__file__)
