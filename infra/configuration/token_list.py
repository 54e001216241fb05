"""The list of a stage's machine tokens: how one is issued and revoked."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from shared import clock, ids
from shared.identity import kms_signatures, machine_tokens
from shared.principal import CLAIM_WORD

_NAME = re.compile(r"[a-z][a-z0-9]{1,30}(-[a-z0-9]{1,30})*")
ROLES = " or ".join(sorted(machine_tokens.ROLES))

Client = Callable[[str], Any]


class Refusal(Exception):
    """Nothing was done; the message is the sentence that says why."""


class MachineTokens:
    """The tokens of one stage: the key that signs them and the list that holds them."""

    def __init__(self, client: Client, facts: Mapping[str, str]) -> None:
        self._dynamodb = client("dynamodb")
        self._table = facts["MachineTokensTableName"]
        self._key = facts["MachineKeyArn"]
        self._kms = client("kms")

    def issue(
        self,
        name: str,
        role: str,
        lifetime: timedelta,
        *,
        scopes: Iterable[str] = (),
        regions: Iterable[str] = (),
        org: str | None = None,
    ) -> str:
        """Put a token for the machine of that name on the list, and give it out this one time."""
        claims = _claims(name, role, lifetime, tuple(scopes), tuple(regions), org)
        self._dynamodb.put_item(TableName=self._table, Item=_row(claims))
        return kms_signatures.encode(self._kms, self._key, machine_tokens.TYPE, claims)

    def listed(self) -> list[dict[str, str]]:
        """Everything on the list, the one that ends first at the top."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :list",
            ExpressionAttributeValues={":list": {"S": machine_tokens.LIST}},
        )
        listed = [_facts(row) for page in pages for row in page["Items"]]
        return sorted(listed, key=lambda row: row["expires_at"])

    def revoke(self, token: str) -> str:
        """End a token, named by its id or by itself; within 60 s it opens nothing."""
        jti = _jti(token)
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=machine_tokens.row_key(jti),
                UpdateExpression="SET revoked_at = if_not_exists(revoked_at, :now)",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":now": {"S": clock.iso(clock.wall())}},
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            raise Refusal(f"No token {jti} is on the list of this stage.") from None
        return jti


def _claims(
    name: str,
    role: str,
    lifetime: timedelta,
    scopes: tuple[str, ...],
    regions: tuple[str, ...],
    org: str | None,
) -> dict[str, Any]:
    _check(name, role, lifetime, scopes, (*regions, *([org] if org else [])))
    now = int(clock.wall().timestamp())
    return {
        "iss": kms_signatures.ISSUER,
        "aud": machine_tokens.AUDIENCE,
        "sub": name,
        "jti": ids.new("mtk"),
        "iat": now,
        "exp": now + int(lifetime.total_seconds()),
        "role": role,
        "scopes": scopes,
        "regions": regions,
        "org": org,
    }


def _check(
    name: str, role: str, lifetime: timedelta, scopes: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """Refuse what no token may say."""
    if not _NAME.fullmatch(name):
        raise Refusal("A machine has a simple name such as telegram-bot.")
    if not timedelta() < lifetime <= machine_tokens.LONGEST_LIFE:
        raise Refusal(f"A token lives for 1 to {machine_tokens.LONGEST_LIFE.days} days.")
    if role not in machine_tokens.ROLES:
        raise Refusal(f"A machine is a {ROLES}; what it may do its scopes say, not a role.")
    if not all(map(CLAIM_WORD.fullmatch, words)):
        raise Refusal("Regions and organisation are codes.")
    if unknown := sorted({*scopes} - machine_tokens.SCOPES):
        known = ", ".join(sorted(machine_tokens.SCOPES))
        raise Refusal(f"No rule asks for the scope {unknown[0]}. There are: {known}.")


def _row(claims: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return what the list says of a token: all but the token itself."""
    return machine_tokens.row_key(claims["jti"]) | {
        "name": {"S": claims["sub"]},
        "role": {"S": claims["role"]},
        "scopes": {"S": " ".join(claims["scopes"])},
        "regions": {"S": " ".join(claims["regions"])},
        "org": {"S": claims["org"] or ""},
        "issued_at": {"S": clock.iso(datetime.fromtimestamp(claims["iat"], UTC))},
        "expires_at": {"N": str(claims["exp"])},
    }


def _facts(row: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    facts = {name: str(next(iter(value.values()))) for name, value in row.items() if name != "pk"}
    return {"jti": facts.pop("sk"), **facts}


def _jti(token: str) -> str:
    if "." not in token:
        return token
    try:
        return str(jwt.decode(token, options={"verify_signature": False})["jti"])
    except (jwt.PyJWTError, KeyError):
        raise Refusal("That is neither an id nor a token of ours.") from None
