"""The cases of an operation: schemathesis' own, with what nobody can guess from its caller."""

import json
import random
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, unquote, urlencode

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from schemathesis import Case, GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import CoveragePhaseData

from tests.fuzz.callers import Caller
from tests.fuzz.documents import Json, Operation
from tests.support.api import Answer, Api

# These are sent on purpose and seldom: at random they would only ever refuse.
SELDOM = {
    "X-Correlation-Id": ("not an id", "é", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    "Ryadom-Role": ("nobody", "", "é"),
    "Ryadom-On-Behalf-Of": ("nobody", "", "fam_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    "If-Match": ("0", '"999"', "W/1", "", "é", "9" * 40),
    "Idempotency-Key": ("", "two words", "é", "x" * 256),
}
NEEDED = ("Idempotency-Key", "If-Match", "X-API-Key", "Authorization")


def on_bounds(target: Any, path: Json) -> list[Case[Any]]:
    """A case for each bound of the document of an operation: on it, and just beyond it."""
    found = target.schema.iter_coverage_cases(
        target,
        generation_modes=[*GenerationMode],
        generation_config=target.schema.config.generation_for(operation=target),
    )
    cases = [case for case in found if bounded_in(case) is not ParameterLocation.HEADER]
    for case in cases:
        if bounded_in(case) is not ParameterLocation.PATH:
            case.path_parameters = path
    return cases


def bounded_in(case: Case[Any]) -> ParameterLocation | None:
    """The part of a case that is on a bound."""
    bound = case.meta and case.meta.phase.data
    return bound.parameter_location if isinstance(bound, CoveragePhaseData) else None


def possible(target: Any, mode: GenerationMode, most: int, path: Json) -> list[Case[Any]]:
    """Cases of that mode, a tenth of them with a path of its own, the others with the real one."""
    wild = most // 10 if path else 0
    return [
        *filled(target, mode, most - wild, path_parameters=path),
        *(filled(target, mode, wild) if wild else ()),
    ]


def filled(target: Any, mode: GenerationMode, most: int, **given: Json) -> list[Case[Any]]:
    """So many cases; allowed ones again where there is nothing that could be wrong."""
    try:
        found = generated(target, mode, most, **given)
    except Unsatisfiable:
        found = generated(target, GenerationMode.POSITIVE, most, **given)
    # What takes next to nothing has few cases of its own; the headers sent along still differ.
    return [found[place % len(found)] for place in range(most)]


def generated(target: Any, mode: GenerationMode, most: int, **given_: Json) -> list[Case[Any]]:
    """So many cases of schemathesis for an operation, the same ones every time."""
    found: list[Case[Any]] = []

    @given(target.as_strategy(generation_mode=mode, **given_))
    def run(case: Case[Any]) -> None:
        found.append(case)

    # Hypothesis borrows constants from whatever modules are loaded; a part of the tests run alone
    # would then meet other cases than the whole.
    with patch.object(providers, "_get_local_constants", Constants):
        settings(
            max_examples=most,
            derandomize=True,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )(run)()
    return found


def with_caller(case: Case[Any], caller: Caller, takes: set[str], dice: random.Random) -> None:
    """Put the caller and the real things of a caller into a case; seldom something else."""
    if bounded_in(case) is ParameterLocation.QUERY:
        case.query = {**caller.query} | (case.query or {})
    else:
        case.query = mixed(case.query or {}, caller.query, (), 0.6, dice)
    case.headers = type(case.headers)({"Authorization": "Bearer token"})
    case.headers.update(caller.headers)
    if "Idempotency-Key" in takes:
        case.headers["Idempotency-Key"] = "a-case"
    for name in sorted(takes & set(SELDOM)):
        if dice.random() < 0.04:
            case.headers[name] = dice.choice(SELDOM[name])
    if dice.random() < 0.04:
        case.headers.pop(dice.choice(NEEDED), None)
    if isinstance(case.body, dict) and isinstance(caller.body, dict):
        if field_ := bounded_field(case):
            rest = {name: value for name, value in caller.body.items() if name != field_}
            case.body = rest | {name: case.body[name] for name in case.body if name == field_}
        elif negated(case):
            case.body = caller.body | one_of(case.body, dice) if dice.random() < 0.5 else case.body
        else:
            case.body = mixed(case.body, caller.body, caller.keep, 0.4, dice)


def sent(case: Case[Any], api: Api) -> Answer:
    """Send a case as the gateway would pass it on: without a server between, which takes longer."""
    wire = case.as_transport_kwargs()
    query, data = wire["params"], wire.get("data")
    if not isinstance(query, str):
        given = {name: value for name, value in query.items() if value is not None}
        query = urlencode(given, doseq=True)
    # The gateway decodes as this does: what is no UTF-8 becomes the replacement sign.
    body = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    if "json" in wire:
        body = json.dumps(wire["json"])
    # It asks nobody about a request without a token.
    who = api if "Authorization" in wire["headers"] else api.as_(None)
    path = quote(unquote(wire["url"]), safe="/")
    return who.call(wire["method"], f"{path}?{query}", body, headers=wire["headers"])


def bounded_field(case: Case[Any]) -> str | None:
    """The field of a body that is on a bound, if it is one field and not the body itself."""
    if case.meta is None or not isinstance(bound := case.meta.phase.data, CoveragePhaseData):
        return None
    _, _, within = (bound.location or "").partition("/properties/")
    return within.partition("/")[0] or None


def negated(case: Case[Any]) -> bool:
    """Whether the body of a case is one that its document does not allow."""
    parts = case.meta.components if case.meta else {}
    return any(name.name == "BODY" and part.mode.is_negative for name, part in parts.items())


def mixed(made: Json, good: Any, keep: tuple[str, ...], share: float, dice: random.Random) -> Json:
    """Made fields, some of them replaced by good ones; those to keep nearly always."""
    return made | {
        name: value
        for name, value in good.items()
        if dice.random() < (0.95 if name in keep else share)
    }


def one_of(made: Json, dice: random.Random) -> Json:
    """One field of a body, or none of an empty one."""
    name = dice.choice(sorted(made) or [""])
    return {name: made.get(name)}


def accepted_queries(operation: Operation, case: Case[Any], answer: Answer) -> Iterator[str]:
    """Where the edge takes a query beyond a bound of its document; a page leaves out what it may.

    What messengers and mail add to the address of a page is nobody's fault.
    """
    if case.meta is None or bounded_in(case) is not ParameterLocation.QUERY or operation.is_page:
        return
    if case.meta.components[ParameterLocation.QUERY].mode.is_negative and answer.status < 300:
        yield "accepted a query that its document refuses"
