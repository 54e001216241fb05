"""Who holds this token? The one authorizer of the platform; it says who, never what they may do.

Guarantees
* One of the staff is a JWT of the configured issuer (RS256 or ES256, its key in the issuer's set,
  its audience ours, not expired by the wall clock); a machine is a JWT of
  `identity.machine_tokens`, and a person without an account one of `identity.people_tokens`.
* A caller who is not recognised gets 401. When the issuer's keys cannot be had, no caller passes
  and the answer is a failure of ours.
* A person disabled in the stage's own user pool is out within a minute: the pool is asked at each
  recognition, and the gateway keeps an answer for 60 s. Another issuer has no such question; there
  a token holds until it ends, so that issuer's tokens should be short.
* The answer covers the whole API, so that a cached one fits every route; it holds opaque ids, roles
  and territory as strings. The token itself is never logged.

ISSUER, AUDIENCE and JWKS_URL name any OIDC issuer; CLAIMS (JSON) says where its tokens keep roles
and territory. By default that is Cognito: groups are roles, custom attributes hold the rest, and
USER_POOL_ID names the pool.
"""

import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
from botocore.exceptions import BotoCoreError, ClientError

from shared import aws, budget, clock, observability, settings
from shared.errors import Unauthenticated, Unavailable
from shared.identity import machine_tokens, people_tokens
from shared.principal import CLAIM_WORD, USER_ID, Principal

ALGORITHMS = ["RS256", "ES256"]
LONGEST_TOKEN = 8192
LEEWAY_SECONDS = 30
KEYS_TIMEOUT_SECONDS = 3
KEYS_SERVE = timedelta(days=1)
COGNITO_CLAIMS = {
    "id": "sub",
    "roles": "cognito:groups",
    "regions": "custom:regions",
    "districts": "custom:districts",
    "org": "custom:org",
}
_REASONS: dict[type[Exception], str] = {
    jwt.ExpiredSignatureError: "expired_token",
    jwt.ImmatureSignatureError: "expired_token",
    jwt.InvalidAudienceError: "wrong_audience",
    jwt.PyJWKClientError: "unknown_key",
}
# Who recognises a token that is none of the staff's, by its type.
_OTHERS: dict[str, Callable[[str], Principal]] = {
    machine_tokens.TYPE: machine_tokens.recognise,
    people_tokens.TYPE: people_tokens.recognise,
}


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Recognise the caller by a token, for the gateway's TOKEN authorizer."""
    with budget.of(context), observability.invocation("platform", "authorizer", context):
        try:
            with budget.alarm():
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
    """Give the caller behind an `Authorization` header; raises Unauthenticated."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN:
        raise Unauthenticated("malformed_token")
    try:
        kind = jwt.get_unverified_header(token).get("typ")
    except (jwt.PyJWTError, UnicodeError):
        raise Unauthenticated("malformed_token") from None
    other = _OTHERS.get(kind) if isinstance(kind, str) else None
    return _staff(token) if other is None else other(token)


def _staff(token: str) -> Principal:
    claims = _verified(token)
    _check_account(claims)
    where = _claims_map()
    identifier = str(_claim(claims, where["id"]) or "")
    if not re.fullmatch(USER_ID, identifier):
        raise Unauthenticated("bad_claims")
    roles = _words(claims, where["roles"])
    org = _words(claims, where["org"])
    if not roles or len(org) > 1:
        raise Unauthenticated("bad_claims")
    return Principal(
        id=identifier,
        kind="person",
        role="",
        roles=roles,
        regions=_words(claims, where["regions"]),
        districts=_words(claims, where["districts"]),
        org=org[0] if org else None,
    )


def _verified(token: str) -> dict[str, Any]:
    try:
        # Cognito's access tokens name their client where others have an audience.
        named = jwt.decode(token, options={"verify_signature": False})
        claims: dict[str, Any] = jwt.decode(
            token,
            _issuer_keys(settings.jwks_url()).get_signing_key_from_jwt(token),
            algorithms=ALGORITHMS,
            issuer=settings.issuer(),
            audience=settings.audience() if "aud" in named else None,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "sub"]},
        )
    except jwt.PyJWKClientConnectionError:
        raise Unavailable("identity_unavailable") from None
    except jwt.PyJWTError as refusal:
        raise Unauthenticated(_REASONS.get(type(refusal), "bad_signature")) from None
    if "aud" not in claims and claims.get("client_id") != settings.audience():
        raise Unauthenticated("wrong_audience")
    return claims


class IssuerKeys(jwt.PyJWKClient):
    """The issuer's key set; while the issuer is down the last good one serves for a day."""

    def __init__(self, url: str) -> None:
        super().__init__(url, timeout=KEYS_TIMEOUT_SECONDS)
        self._last_good: Any = None
        self._fetched_at = datetime.min.replace(tzinfo=UTC)

    def fetch_data(self) -> Any:
        """Fetch the set, or give the last good one when that fails."""
        # One that sends a byte now and then would hold us until the function ends.
        waiting = ThreadPoolExecutor(1)
        try:
            fetching = waiting.submit(super().fetch_data)
            self._last_good = fetching.result(KEYS_TIMEOUT_SECONDS)
            self._fetched_at = clock.wall()
        # The last two: PyJWT lets out what it cannot nest or a key has of a wrong type.
        except (jwt.PyJWTError, OSError, ValueError, RecursionError, TypeError) as error:
            observability.count("identity_keys_unreachable")
            observability.note(error=error)
            if clock.wall() - self._fetched_at > KEYS_SERVE:
                raise jwt.PyJWKClientConnectionError from None
        finally:
            waiting.shutdown(wait=False)
        return self._last_good


@cache
def _issuer_keys(url: str) -> IssuerKeys:
    return IssuerKeys(url)


def _check_account(claims: Mapping[str, Any]) -> None:
    """Refuse a person who was disabled or deleted since their token was made.

    Open when the pool does not answer: a hotline must not stop with it, the token ends within the
    hour by itself, and only the holder of a good token can make us ask. Closed when we are not
    allowed to ask, since that is a mistake of ours that would last.
    """
    pool = settings.user_pool_id()
    if not pool:
        return
    name = next(claims[each] for each in ("cognito:username", "username", "sub") if each in claims)
    try:
        account = aws.client("cognito-idp").admin_get_user(UserPoolId=pool, Username=name)
    except (BotoCoreError, ClientError) as error:
        if isinstance(error, ClientError):
            _check_passing(error)
        observability.count("account_unchecked")
        observability.note(error=error)
        return
    if not account["Enabled"]:
        raise Unauthenticated("disabled_account")
    known = {each["Name"]: each["Value"] for each in account["UserAttributes"]}
    if known["sub"] != claims["sub"]:  # another person got the name of one who was deleted
        raise Unauthenticated("unknown_account")


def _check_passing(error: ClientError) -> None:
    """Pass when the pool is in trouble or busy, so that the same question is answered later."""
    if error.response["Error"]["Code"] == "UserNotFoundException":
        raise Unauthenticated("unknown_account") from None
    if not aws.may_pass(error):
        raise error


def _words(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = _claim(claims, name)
    if isinstance(found, str):
        found = found.replace(",", " ").split()
    words = tuple(str(word) for word in found) if isinstance(found, list) else ()
    if not all(CLAIM_WORD.fullmatch(word) for word in words):
        raise Unauthenticated("bad_claims")
    return words


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """Return a claim by its name, or by a dotted path such as `realm_access.roles`."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


@cache
def _claims_map() -> dict[str, str]:
    own: dict[str, str] = json.loads(settings.claims())
    return COGNITO_CLAIMS | own


def _permit(caller: Principal, method_arn: str) -> dict[str, Any]:
    api, stage = method_arn.split("/")[:2]
    whole = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"{api}/{stage}/*"}
    return {
        "principalId": caller.id,
        "policyDocument": {"Version": "2012-10-17", "Statement": [whole]},
        "context": caller.context(),
    }
