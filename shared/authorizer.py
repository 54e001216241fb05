"""Who holds this token? The one authorizer of the platform; it says who, never what they may do.

Guarantees
* A person is a JWT of the configured issuer (RS256 or ES256, its key in the issuer's set, its
  audience ours, not expired by the wall clock); a machine is a token this platform signed.
* Whoever cannot be recognised gets 401. When the issuer's keys cannot be had, nobody passes and the
  answer is a failure of ours.
* The answer covers the whole API, so that a cached one fits every route; it holds opaque ids, roles
  and territory as strings. The token itself is never logged.

ISSUER, AUDIENCE and JWKS_URL name any OIDC issuer; CLAIMS (JSON) says where its tokens keep roles
and territory. By default that is Cognito: groups are roles, custom attributes hold the rest.
"""

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from shared import clock, machines, observability, secrets
from shared.errors import Unauthenticated
from shared.jwks import Keys
from shared.principals import Principal

ALGORITHMS = ["RS256", "ES256"]
LONGEST_TOKEN = 8192
LEEWAY_SECONDS = 30
COGNITO_CLAIMS = {
    "id": "sub",
    "roles": "cognito:groups",
    "regions": "custom:regions",
    "districts": "custom:districts",
    "org": "custom:org",
}
_ID = re.compile(r"[A-Za-z0-9_.:|@-]{1,128}")
_WORD = re.compile(r"[A-Za-z0-9_*:-]{1,64}")


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """The Lambda behind the gateway's TOKEN authorizer."""
    with observability.invocation("platform", "authorizer", context):
        try:
            caller = recognise(str(event.get("authorizationToken") or ""))
        except Unauthenticated as refused:
            observability.ends("refused")
            observability.note(code=refused.code)
            observability.count("token_refused")
            caller = None
    if caller is None:
        raise Exception("Unauthorized")  # the gateway's own word for 401
    return _permit(caller, str(event["methodArn"]))


def recognise(header: str) -> Principal:
    """The caller behind an `Authorization` header; raises Unauthenticated."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN:
        raise Unauthenticated("malformed_token")
    if not token.startswith(machines.PREFIX):
        return _person(token)
    if "ROOT_KEY" not in os.environ:
        raise Unauthenticated("machines_not_accepted")
    return machines.verify(secrets.from_env(), token)


def _person(token: str) -> Principal:
    claims = _verified(token)
    where = _claims_map()
    identifier = str(_claim(claims, where["id"]) or "")
    if not _ID.fullmatch(identifier):
        raise Unauthenticated("bad_claims")
    roles = _words(claims, where["roles"])
    org = _words(claims, where["org"])
    if not roles or len(org) > 1:
        raise Unauthenticated("bad_claims")
    return Principal(
        id=identifier,
        kind="person",
        role=roles[0] if len(roles) == 1 else "",
        roles=roles,
        regions=_words(claims, where["regions"]),
        districts=_words(claims, where["districts"]),
        org=org[0] if org else None,
    )


def _verified(token: str) -> dict[str, Any]:
    import jwt

    try:
        head = jwt.get_unverified_header(token)
        if head.get("alg") not in ALGORITHMS:
            raise Unauthenticated("bad_signature")
        claims: dict[str, Any] = jwt.decode(
            token,
            _keys(os.environ["JWKS_URL"]).key(str(head.get("kid"))),
            algorithms=ALGORITHMS,
            issuer=os.environ["ISSUER"],
            options={
                "require": ["exp", "iss"],
                # the clock is ours (shared.clock), and Cognito's access tokens say client_id
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "verify_aud": False,
            },
        )
    except jwt.PyJWTError:
        raise Unauthenticated("bad_signature") from None
    _check_time(claims)
    _check_audience(claims)
    return claims


def _check_time(claims: Mapping[str, Any]) -> None:
    now = clock.wall().timestamp()
    try:
        ended = now >= float(claims["exp"]) + LEEWAY_SECONDS
        early = now < float(claims.get("nbf", 0)) - LEEWAY_SECONDS
    except (TypeError, ValueError):
        raise Unauthenticated("bad_claims") from None
    if ended or early:
        raise Unauthenticated("expired_token")


def _check_audience(claims: Mapping[str, Any]) -> None:
    meant_for = claims.get("aud", claims.get("client_id"))
    if os.environ["AUDIENCE"] not in (meant_for if isinstance(meant_for, list) else [meant_for]):
        raise Unauthenticated("wrong_audience")


def _words(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = _claim(claims, name)
    if isinstance(found, str):
        found = found.replace(",", " ").split()
    words = tuple(str(word) for word in found) if isinstance(found, list) else ()
    if not all(_WORD.fullmatch(word) for word in words):
        raise Unauthenticated("bad_claims")
    return words


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, or by a dotted path such as `realm_access.roles`."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


@cache
def _claims_map() -> dict[str, str]:
    own: dict[str, str] = json.loads(os.environ.get("CLAIMS") or "{}")
    return COGNITO_CLAIMS | own


@cache
def _keys(url: str) -> Keys:
    return Keys(url)


def _permit(caller: Principal, method_arn: str) -> dict[str, Any]:
    api, stage = method_arn.split("/")[:2]
    return {
        "principalId": caller.id,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow",
                    "Resource": f"{api}/{stage}/*",
                }
            ],
        },
        "context": caller.context(),
    }
