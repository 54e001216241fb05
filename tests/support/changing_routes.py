"""What holds for each route that changes something, of whichever service."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from shared.api.routes import Route
from tests.fuzz.callers import Caller, SeededService
from tests.support.api import Answer

# Codes and tokens are tried where they are made (tests/shared, tests/intake/sign_ins).
OF_SIGN_IN = ("/v1/sign-ins", "/v1/tokens", "/v1/devices", "/v1/bindings")
ANEW = {"link": "is sealed anew each time"}
NONE: Mapping[str, str] = {}

Commands = Iterable[tuple[Route, Caller]]


def send(service: SeededService, route: Route, caller: Caller, **more: Any) -> Answer:
    """A call of a route by its caller, or with something else in its place."""
    path = route.path
    for name, value in caller.path.items():
        path = path.replace(f"{{{name}}}", value)
    who = more.pop("who", caller.who)
    sent = {"body": caller.body, "query": caller.query, "headers": caller.headers} | more
    return service.api.as_(who).call(route.method, path, **sent)


def kept(service: SeededService, *, audit: bool = True) -> dict[str, Any]:
    """All rows but the counts of tries."""
    return {
        name: {key: row for key, row in rows.items() if "COUNTER" not in key[0]}
        for name, rows in service.world.dynamodb.tables.items()
        if audit or not name.endswith("-audit")
    }


def refuse_a_stale_version(
    service: SeededService, commands: Commands, creating: Collection[str]
) -> None:
    for route, caller in commands:
        if route.name in creating:
            continue
        answer = send(service, route, caller, key=f"stale-{route.name}", if_match='"99"')
        assert (route.name, answer.status) == (route.name, 412), answer.text


def answer_a_key_once(
    service: SeededService, commands: Commands, other: Callable[[str], dict[str, Any]]
) -> None:
    """And for one body: `other` names fields of another that would be accepted as well."""
    seeded = service.world.dynamodb.snapshot()
    for route, caller in commands:
        if route.method == "PUT" or route.path.startswith(OF_SIGN_IN):
            continue  # its version is its key
        service.world.dynamodb.restore(seeded)
        key = f"again-{route.name}"
        first = send(service, route, caller, key=key)
        assert first.status in (200, 201, 202), (route.name, first.text)
        stored = kept(service, audit=False)  # to open a contact is audited before it is refused

        again = send(service, route, caller, key=key)

        assert (route.name, again.headers.get("Idempotency-Replayed")) == (route.name, "true")
        assert again.status == first.status
        assert again.json | ANEW == first.json | ANEW, route.name
        if caller.body is not None:
            changed = caller.body | other(route.name)
            refused = send(service, route, caller, key=key, body=changed)
            refusal = (route.name, refused.status, refused.code)
            assert refusal == (route.name, 422, "idempotency_key_reused")
        assert kept(service, audit=False) == stored, route.name
    service.world.dynamodb.restore(seeded)


def keep_why(
    service: SeededService,
    commands: Commands,
    whys: Collection[str],
    named: Mapping[str, str] = NONE,
    least: int = 6,
) -> None:
    """Find what says why in the audit, `least` times; `named` has other words for it."""
    seeded, audit = service.world.dynamodb.snapshot(), f"{service.service}-audit"
    lost, found = list[tuple[str, str]](), 0
    for route, caller in commands:
        said = {why: (caller.body or {}).get(named.get(route.name, why)) for why in whys}
        said = {why: given for why, given in said.items() if isinstance(given, str)}
        if not said:
            continue
        before = {*service.world.dynamodb.rows(audit)}
        answer = send(service, route, caller, key=f"why-{route.name}")
        assert answer.status in (200, 201), (route.name, answer.text)
        rows = service.world.dynamodb.rows(audit).items()
        new = [row for key, row in rows if key not in before]
        lost += [
            (route.name, why)
            for why, given in said.items()
            if given not in [row[why]["S"] for row in new if why in row]
        ]
        found += len(said)
        service.world.dynamodb.restore(seeded)
    assert (lost, found >= least) == ([], True)
