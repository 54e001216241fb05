"""A committed document: what its operations take and promise, and how an answer breaks that."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jsonschema_rs
from schemathesis.core import NotSet

from shared.domain import CODE_LIST_KEYWORD
from shared.message_catalogue import ROOT
from shared.reference.code_lists import shipped
from tests.support.api import Answer

Json = dict[str, Any]
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
        waits = {"Retry-After"} if answer.status != 409 else set[str]()  # when another was first
        for name in set(told) & ({"ETag", "Location"} | waits):
            if name.lower() not in answer.headers:
                yield f"a {answer.status} without {name}"


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
