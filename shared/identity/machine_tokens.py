"""Tokens of bots and integrators: JWTs under the platform's own key, each of them on a list.

Guarantees
* A token is signed (ES256) inside KMS by the operators' command (`infra/machine_tokens.py`); what
  recognises it holds the public half only.
* It is bound to one role, its scopes and regions, and ends by itself after 90 days at most.
* It is good only while its id (`jti`) is on the list and not revoked there. The list is read
  at each recognition and the gateway keeps an answer for 60 s, so a revoked one is out within that.
  When the list cannot be read no machine passes: a leaked token may live for 90 days, and a bot can
  wait.
"""

from datetime import timedelta

from shared import aws, observability, settings
from shared.errors import Unauthenticated
from shared.identity import kms_signatures
from shared.principal import Principal

TYPE = "ryadom-machine+jwt"
AUDIENCE = "ryadom-api"
LONGEST_LIFE = timedelta(days=90)
LIST = "MACHINES"
# What a machine may call itself. No policy gives anything to either: by a person's role it could do
# all that the person may, whatever its scopes.
ROLES = frozenset({"bot", "integrator"})
# What a machine may be trusted with; a policy asks for each, and the edge for the first.
SCOPES = frozenset(
    {
        "act_for_family",
        "bind_people",
        "family_requests",
        "guardian_applications",
        "guardian_training",
    }
)


def recognise(token: str) -> Principal:
    """Give the machine behind a token; raises Unauthenticated with the reason as its code."""
    claims = kms_signatures.decode(
        token, lambda _: settings.machine_key_arn(), AUDIENCE, LONGEST_LIFE, "jti"
    )
    _check_listed(claims["jti"])
    return Principal(
        id=claims["sub"],
        kind="machine",
        role=claims["role"],
        roles=(claims["role"],),
        regions=tuple(claims["regions"]),
        org=claims["org"],
        scopes=tuple(claims["scopes"]),
    )


def row_key(jti: str) -> dict[str, dict[str, str]]:
    """Return the key of a token's row on the list."""
    return {"pk": {"S": LIST}, "sk": {"S": jti}}


def _check_listed(jti: str) -> None:
    table = settings.machine_tokens_table()
    with aws.or_unavailable("machine_tokens_unavailable"):
        found = aws.client("dynamodb").get_item(
            TableName=table, Key=row_key(jti), ConsistentRead=True
        )
    if "revoked_at" in found.get("Item", {"revoked_at": None}):
        observability.count("revoked_token_used")
        raise Unauthenticated("revoked_token")
