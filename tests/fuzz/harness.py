"""Schemathesis over one service: cases from its document, each sent to the same seeded world.

The tables are put back before every case, so that each meets the state it was made for and a run
gives the same answers every time. Cases are schemathesis' own: those on each bound of the document
and just beyond it, and random ones, valid and invalid. What nobody can guess (ids, links, numbers)
is borrowed from the caller of the operation.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, unquote, urlencode

import jsonschema_rs
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from schemathesis import Case, GenerationMode
from schemathesis.core import NotSet
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import CoveragePhaseData

from shared.domain import CODE_LIST_KEYWORD
from shared.message_catalogue import ROOT
from shared.reference.code_lists import shipped
from tests.fuzz.callers import Caller, SeededService
from tests.support.api import Answer, Api

Json = dict[str, Any]
# How many random cases of an operation are what its document allows, how many are not, and how
# many are sent to it at least, with those on the bounds of its document.
VALID, INVALID, LEAST = 24, 8, 105
PROBLEM = "application/problem+json"
# Refusals that are only right when the document says so too. `1.0` for a whole number is not among
# them: JSON Schema takes it and the edge does not. Nor are bounds of a date, which it cannot say.
BOUNDS = frozenset(("greater_than_equal", "less_than_equal", "greater_than", "less_than"))
DECLARED = frozenset(
    (
        "required", "unknown_field", "string_too_long", "string_too_short", "enum", "unknown_code",
        "literal_error", "string_type", "bool_type", "list_type", "dict_type",
        "too_long", "too_short", "model_type", "none_required", "float_type",
    )
)  # fmt: skip
# These are sent on purpose and seldom: at random they would only ever refuse.
SELDOM = {
    "X-Correlation-Id": ("not an id", "é", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    "Ryadom-Role": ("nobody", "", "é"),
    "Ryadom-On-Behalf-Of": ("nobody", "", "fam_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    "If-Match": ("0", '"999"', "W/1", "", "é", "9" * 40),
    "Idempotency-Key": ("", "two words", "é", "x" * 256),
}


NEEDED = ("Idempotency-Key", "If-Match", "X-API-Key", "Authorization")


def _name_codes(node: Any) -> None:
    """Write the codes of its list into every field that names one: no random text is a code."""
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _name_codes(each)
    if isinstance(node, dict) and CODE_LIST_KEYWORD in node and "$ref" not in node:
        node["enum"] = [*shipped()[node[CODE_LIST_KEYWORD]].active]


@dataclass
class Document:
    """A committed document, and what it allows an operation to take and to answer."""

    service: str
    _validators: dict[str, Callable[[Any], bool]] = field(default_factory=dict)

    @cached_property
    def plain(self) -> Json:
        """The document as it is committed."""
        text = (ROOT / "docs" / "api" / f"{self.service}.json").read_text(encoding="utf-8")
        return dict(json.loads(text))

    @cached_property
    def generating(self) -> Json:
        """The document without what this harness sends itself: headers, proofs, most paths."""
        found: Json = json.loads(json.dumps(self.plain))
        for _, _, operation in self.operations(found):
            operation["security"] = []
            kept = [self.resolved(each) for each in operation["parameters"]]
            operation["parameters"] = [each for each in kept if each["in"] != "header"]
        _name_codes(found)
        return found

    def operations(self, document: Json | None = None) -> Iterator[tuple[str, str, Json]]:
        """Method, path and declaration of every operation."""
        for path, methods in (document or self.plain)["paths"].items():
            for method, operation in methods.items():
                yield method.upper(), path, operation

    def resolved(self, node: Json) -> Json:
        """What a reference stands for."""
        while "$ref" in node:
            *_, group, name = node["$ref"].split("/")
            node = self.plain["components"][group][name]
        return node

    def validator(self, schema: Json, *, codes: bool = False) -> Callable[[Any], bool]:
        """Whether a value is what a schema of this document allows; `codes` are checked, too."""
        # Each validator holds all components, about a megabyte; most answers share a few schemas.
        key = f"{codes} {json.dumps(schema, sort_keys=True)}"
        if key not in self._validators:
            document = self.generating if codes else self.plain
            whole = schema | {"components": document["components"]}
            found = jsonschema_rs.validator_for(whole, validate_formats=True)
            self._validators[key] = found.is_valid
        return self._validators[key]

    def answers(self, operation: Json) -> dict[int, Json]:
        """The answers that an operation promises, by status."""
        return {int(code): self.resolved(each) for code, each in operation["responses"].items()}


@dataclass
class Operation:
    """One operation under test, with the tools to judge its answers."""

    document: Document
    method: str
    path: str
    declared: Json

    @property
    def id(self) -> str:
        """The operation's name."""
        return str(self.declared["operationId"])

    @property
    def takes(self) -> set[str]:
        """The parameters that the operation declares."""
        return {self.document.resolved(each)["name"] for each in self.declared["parameters"]}

    @property
    def is_page(self) -> bool:
        """Whether a person opens it in a browser."""
        return "text/html" in self._schemas.get(200, {})

    @cached_property
    def _schemas(self) -> dict[int, dict[str, Callable[[Any], bool]]]:
        found: dict[int, dict[str, Callable[[Any], bool]]] = {}
        for code, answer in self.document.answers(self.declared).items():
            content = answer.get("content", {}).items()
            found[code] = {typed: self.document.validator(c["schema"]) for typed, c in content}
        return found

    @cached_property
    def accepts(self) -> Callable[[Any], bool] | None:
        """Whether the document allows a body."""
        if "requestBody" not in self.declared:
            return None
        return self.document.validator(
            self.declared["requestBody"]["content"]["application/json"]["schema"], codes=True
        )

    def faults(self, answer: Answer) -> Iterator[str]:
        """What is wrong with an answer, whatever was asked."""
        if answer.status >= 500 and answer.status != 503:
            yield f"failed with {answer.status}"
        if answer.status not in self._schemas:
            yield f"answered an undocumented {answer.status}"
            return
        typed = answer.headers.get("content-type", "").removesuffix("; charset=utf-8")
        schemas = self._schemas[answer.status]
        if typed not in (schemas or ("application/json",)):
            yield f"a {answer.status} as {typed}"
            return
        said: Any = answer.json if "json" in typed else answer.text
        if schemas and not schemas[typed](said):
            yield f"a {answer.status} is not of its schema"
        if typed == PROBLEM and said["status"] != answer.status:
            yield "the problem names another status"
        told = self.document.answers(self.declared)[answer.status].get("headers", {})
        for name in set(told) & {"ETag", "Location", "Retry-After"}:
            if name.lower() not in answer.headers:
                yield f"a {answer.status} without {name}"


@dataclass
class Tally:
    """What a run over one service has seen."""

    cases: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    barred: int = 0
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def past(self) -> float:
        """The share of answers that were given past authorisation."""
        return 1 - self.barred / max(1, self.cases.total())

    def line(self, service: str) -> str:
        """The one line that a run leaves."""
        statuses = " ".join(f"{code}:{count}" for code, count in sorted(self.statuses.items()))
        return (
            f"fuzz {service}: {len(self.cases)} operations, {self.cases.total()} cases, "
            f"{statuses}, {self.past:.0%} past authorisation"
        )


class Run:
    """All cases of one service."""

    def __init__(self, service: SeededService) -> None:
        self.service = service
        self.document = Document(service.service)
        self.tally = Tally()
        tables = service.world.dynamodb.tables
        self._tables = {name: dict(rows) for name, rows in tables.items()}

    def restore(self) -> None:
        """Put the seeded world back; rows are replaced and never changed, so copies may share."""
        world = self.service.world
        world.dynamodb.tables = {name: dict(rows) for name, rows in self._tables.items()}
        world.dynamodb.streamed.clear()
        for waiting in world.queue.messages.values():
            waiting.clear()

    def operations(self) -> list[Operation]:
        """The operations of the document."""
        return [Operation(self.document, *each) for each in self.document.operations()]

    def everything(self) -> Tally:
        """Run all of it."""
        schema = schemathesis.openapi.from_dict(self.document.generating)
        # The gateway answers methods that an address does not have.
        schema.config.phases.coverage.unexpected_methods = set()
        for operation in self.operations():
            target = schema[operation.path][operation.method]
            path = dict(self.service.callers[operation.id].path)
            cases = [
                *on_bounds(target, path),
                *possible(target, GenerationMode.POSITIVE, VALID, path),
                *possible(target, GenerationMode.NEGATIVE, INVALID, path),
            ]
            # Where a document leaves little to vary, cases come again under other headers.
            for place in range(max(LEAST, len(cases))):
                dice = random.Random(f"{operation.id} {place}")
                self._send(operation, cases[place % len(cases)], dice)
        return self.tally

    def _send(self, operation: Operation, case: Case[Any], dice: random.Random) -> None:
        """Send one case and judge its answer."""
        caller = self.service.callers[operation.id]
        with_caller(case, caller, operation.takes, dice)
        self.restore()
        came = sent(case, self.service.api.as_(caller.who))
        headers = {name.lower(): value for name, value in came.headers.items()}
        self._note(operation, case, Answer(came.status, headers, came.text))

    def _note(self, operation: Operation, case: Case[Any], answer: Answer) -> None:
        tally = self.tally
        tally.cases[operation.id] += 1
        tally.statuses[answer.status] += 1
        tally.barred += answer.status in (401, 403, 404)
        tally.done[operation.id] += answer.status < 300
        for fault in (*operation.faults(answer), *disagreements(operation, case.body, answer)):
            sent = f"{case.path_parameters} {case.query} {dict(case.headers)} {case.body!r}"
            tally.faults.setdefault(f"{operation.id}: {fault}", f"{sent[:700]} → {answer.text}")


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


def disagreements(operation: Operation, body: Any, answer: Answer) -> Iterator[str]:
    """Where the edge and the document do not mean the same bodies."""
    if operation.accepts is None or isinstance(body, (bytes, NotSet)):
        return
    if answer.status < 300 and not operation.accepts(body):
        yield "accepted a body that its document refuses"
    if answer.status == 422 and operation.accepts(body):
        # A whole number that is written as a fraction is one to the document alone.
        faults = answer.json.get("errors", ())
        fractions = {
            each["pointer"] for each in faults if each["code"] in ("int_type", "int_from_float")
        }
        for fault in (each for each in faults if each["pointer"] not in fractions):
            numeric = isinstance(pointed(body, fault["pointer"]), (int, float))
            declared = fault["code"] in DECLARED or (numeric and fault["code"] in BOUNDS)
            if fault["in"] == "body" and declared:
                yield f"refused {fault['pointer']} as {fault['code']}, which its document allows"


def pointed(body: Any, pointer: str) -> Any:
    """What a JSON pointer points at; None when it points nowhere."""
    for step in pointer.split("/")[1:]:
        if isinstance(body, list) and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        else:
            body = body.get(step) if isinstance(body, dict) else None
    return body
