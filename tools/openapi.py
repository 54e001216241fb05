"""OpenAPI 3.1 documents of the services, from what their routes declare. Build time only.

Each `app.py` has its `docs/api/<name>.json`.
"""

import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from infra.services import app_folders
from shared.api.app import ServiceApp
from shared.api.dispatch import REPLAYED_HEADER
from shared.api.pages import HtmlPage, PlainText
from shared.api.routes import VOUCHED, Route
from shared.domain import CODE_LIST_KEYWORD
from shared.message_catalogue import ROOT
from shared.storage.repository import Page
from tools import generated
from tools import openapi_parts as parts
from tools.openapi_parts import REF, Json

Mode = Literal["validation", "serialization"]

FOLDER = ROOT / "docs" / "api"
WORDS = ("enum", "type", CODE_LIST_KEYWORD)
_SCOPE = re.compile(r'scopes\.contains\("([a-z_]+)"\)')
_ACTION, _RESOURCE = re.compile(r'Action::"(\w+)"'), re.compile(r"resource is (\w+)")


def document(app: ServiceApp) -> Json:
    """Return the OpenAPI document of an app."""
    routes = sorted(app.declared, key=lambda route: (route.path, route.method))
    schemas = _Schemas(routes)
    paths: dict[str, Json] = {}
    for route in routes:
        operation = _operation(app, route, schemas)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    callers = sorted({caller for route in routes for caller in route.callers} - {"public"})
    found: Json = {
        "openapi": "3.1.0",
        "info": {
            "title": f"Ryadom: {app.app_name}",
            "version": app.base.strip("/") or "v1",
            "description": _about(app),
            "license": parts.LICENCE,
        },
        "servers": [{"url": f"/{app.app_name}"}],
        "tags": parts.tags(routes),
        "paths": paths,
        "components": {
            "headers": parts.answer_headers(),
            "parameters": _used(paths, "parameters", parts.header_parameters()),
            "responses": _used(paths, "responses", parts.problem_responses()),
            "securitySchemes": parts.security_schemes(callers, _scopes(app)),
        },
    }
    found["components"]["schemas"] = schemas.used_by(found)
    _name_lists(found["components"]["schemas"], app)
    return found


def _name_lists(schemas: Json, app: ServiceApp) -> None:
    """Say where the codes of what every app has are listed; those of refusals are, right here."""
    # A till signs no one in and takes no tables: it answers what any operation may, and its own.
    of_people = any("person" in route.callers for route in app.declared)
    codes = app.catalogue.codes(of_kernel=of_people) | parts.general_codes()
    schemas["Problem"]["properties"]["code"]["x-codes"] = {
        code: app.catalogue.text(code, 409, {})[0] for code in sorted(codes)
    }
    if app.catalogue.step_list:
        schemas["NextStep"]["properties"]["action"][CODE_LIST_KEYWORD] = app.catalogue.step_list
    if receipt := schemas.get("Receipt"):
        receipt["properties"]["status"] |= parts.status_of_any(f"services.{app.app_name}.")


def _about(app: ServiceApp) -> str:
    """Say what an app is for, by the first paragraph of its README, and how all are called."""
    listed = any(route.path == f"{app.base}/reference" for route in app.declared)
    called = parts.EVERY_API + (parts.CODE_LISTS if listed else "")
    folder = app_folders().get(app.app_name)
    if folder is None:  # an app of the tests
        return called
    readme = (ROOT / folder / "README.md").read_text("utf-8")
    purpose = readme.split("\n\n")[1].replace("\n", " ")
    return f"{purpose}\n\n{called}"


def _used(paths: Json, kind: str, known: dict[str, Json]) -> dict[str, Json]:
    """Keep the components of a kind that a path names."""
    text = json.dumps(paths)
    return {name: part for name, part in known.items() if f'"#/components/{kind}/{name}"' in text}


def _scopes(app: ServiceApp) -> dict[str, list[str]]:
    """Return what the policy of a service asks of the tokens of machines, and for what."""
    policy = ROOT / "services" / app.app_name / "policy.cedar"
    found: dict[str, list[str]] = {}
    for rule in policy.read_text("utf-8").split(";\n") if policy.is_file() else ():
        if scope := _SCOPE.search(rule):
            kind = "".join(_RESOURCE.findall(rule))
            allowed = [f"{action} {kind}" for action in _ACTION.findall(rule)]
            found[scope[1]] = sorted({*found.get(scope[1], ()), *allowed})
    return found


class _AsSent(GenerateJsonSchema):
    """Schemas of what is really sent: an answer has every field, also one with a default."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        """Return whether a field is always there: in an answer unless it is left out by rule."""
        sent = self.mode == "serialization" and field["type"] == "model-field"
        if sent and "serialization_exclude_if" not in field:
            return True
        return super().field_is_required(field, total)


class _Schemas:
    """The JSON schemas of all models of an app, under one set of names."""

    def __init__(self, routes: list[Route]) -> None:
        wanted: list[tuple[type[BaseModel], Mode]] = [(parts.Problem, "serialization")]
        for route in routes:
            wanted += [(model, "validation") for model in _models(route).values()]
            if _is_model(route.answers):
                wanted.append((route.answers, "serialization"))
        wanted = list(dict.fromkeys(wanted))
        self._of, definitions = models_json_schema(
            wanted, ref_template=REF + "{model}", schema_generator=_AsSent
        )
        self._definitions: dict[str, Json] = definitions.get("$defs", {})
        for name, schema in [*self._definitions.items()]:
            if name.startswith("Page_"):
                schema["description"] = inspect.getdoc(Page)
            for field, inner in schema.get("properties", {}).items():
                self._name_words(f"{name}{field.title().replace('_', '')}", inner)
        for route in routes:
            if "body" in route.inputs:
                self._close(self.of(route.inputs["body"], "validation"))

    def _name_words(self, name: str, schema: Json) -> None:
        """Give the words that one field alone takes a name: clients number what has none."""
        for inner in (schema, *schema.get("anyOf", ()), schema.get("items", {})):
            if "enum" in inner:
                known = {key: inner.pop(key) for key in WORDS if key in inner}
                self._definitions[name] = known | {"title": name}
                inner["$ref"] = REF + name

    def of(self, model: type[BaseModel], mode: Mode) -> Json:
        """Return a reference to a model's schema."""
        return self._of[model, mode]

    def resolved(self, model: type[BaseModel]) -> Json:
        """Return an input model's schema itself."""
        return self._definitions[self.of(model, "validation")["$ref"].removeprefix(REF)]

    def used_by(self, found: Json) -> dict[str, Json]:
        """Return the schemas that a document names, and those that these name, sorted."""
        used: dict[str, Json] = {}
        waiting = _names(found)
        while waiting:
            name = waiting.pop()
            if name not in used:
                used[name] = self._definitions[name]
                waiting |= _names(used[name])
        return dict(sorted(used.items()))

    def _close(self, schema: Json) -> None:
        """Say what the edge does: unknown fields are refused, whatever a model allows."""
        waiting, seen = _names(schema), set[str]()
        while waiting:
            name = waiting.pop()
            seen.add(name)
            inner = self._definitions[name]
            if inner.get("type") == "object" and "properties" in inner:
                inner["additionalProperties"] = False
            _close_maps(inner)
            waiting |= _names(inner) - seen


def _close_maps(value: Any) -> None:
    """Close a map whose names have a pattern: it takes no other names."""
    if isinstance(value, dict):
        if "patternProperties" in value:
            value["additionalProperties"] = False
        for inner in value.values():
            _close_maps(inner)
    elif isinstance(value, list):
        for inner in value:
            _close_maps(inner)


def _names(value: Any) -> set[str]:
    """Return the schemas that a piece of JSON refers to."""
    if isinstance(value, dict):
        found = {
            inner.removeprefix(REF)
            for name, inner in value.items()
            if name == "$ref" and isinstance(inner, str) and inner.startswith(REF)
        }
        return found.union(*map(_names, value.values()))
    return set().union(*map(_names, value)) if isinstance(value, list) else set()


def _models(route: Route) -> dict[str, type[BaseModel]]:
    """Return the models of what comes in, the path's values among them."""
    path = {"path": route.path_model} if route.path_values else {}
    return {**route.inputs, **path}


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _operation(app: ServiceApp, route: Route, schemas: _Schemas) -> Json:
    operation: Json = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [parts.tag(route)["name"]],
        "parameters": [*_parameters(route, schemas), *_headers(route)],
        "responses": _responses(route, schemas),
        "security": [{caller: []} for caller in sorted(route.callers - {"public"})],
    }
    if description := _description(app, route):
        operation["description"] = description
    if "body" in route.inputs:
        operation["requestBody"] = _body(route, schemas)
    elif _pushed(route):
        operation["requestBody"] = parts.PUSHED
    return operation


def _description(app: ServiceApp, route: Route) -> str:
    rest = (inspect.getdoc(route.handler) or "").partition("\n")[2].strip()
    codes = [
        f"- `{code}`: {app.catalogue.text(code, 409, {})[0]}"
        for code in sorted({*route.more.problems, *route.more.by_state})
    ]
    return "\n\n".join(filter(None, [rest, *_about_query(route), "\n".join(codes)]))


def _about_query(route: Route) -> Iterator[str]:
    """Return what the models of a query say of it: a document shows no schema of theirs."""
    for kind in route.inputs["query"].__mro__ if "query" in route.inputs else ():
        own = issubclass(kind, BaseModel) and not kind.__module__.startswith(("pydantic", "shared"))
        if own and kind.__doc__:
            yield inspect.cleandoc(kind.__doc__)


def _parameters(route: Route, schemas: _Schemas) -> Iterator[Json]:
    models = _models(route)
    for place in ("path", "query"):
        if place not in models:
            continue
        schema = schemas.resolved(models[place])
        for name, inner in schema.get("properties", {}).items():
            required = place == "path" or name in schema.get("required", ())
            shown = _in_words({key: each for key, each in inner.items() if key != "description"})
            parameter: Json = {"name": name, "in": place, "required": required, "schema": shown}
            if "description" in inner:
                parameter["description"] = inner["description"]
            yield parameter


def _in_words(schema: Json) -> Json:
    """Leave null out of what an address may hold: what is not asked for is not there."""
    kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    rest = {key: each for key, each in schema.items() if key != "anyOf" and each is not None}
    return {**kinds[0], **rest}


def _headers(route: Route) -> list[Json]:
    names = ["CorrelationId"]
    if route.needs_key:
        names.append("IdempotencyKey")
    if route.needs_if_match:
        names.append("IfMatch")
    elif "context" in route.given and route.path_values and not _pushed(route):
        names.append("IfMatchOptional")
    if _tagged(route):
        names.append("IfNoneMatch")
    if "person" in route.callers:
        names.append("RyadomRole")
    if "machine" in route.callers:
        names.append("RyadomOnBehalfOf")
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _body(route: Route, schemas: _Schemas) -> Json:
    model = route.inputs["body"]
    content: Json = {"schema": schemas.of(model, "validation")}
    if route.more.example is not None:
        model.model_validate_json(json.dumps(route.more.example), strict=True, extra="forbid")
        content["examples"] = {"example": {"value": route.more.example}}
    required = any(field.is_required() for field in model.model_fields.values())
    return {"required": required, "content": {"application/json": content}}


def _responses(route: Route, schemas: _Schemas) -> dict[str, Json]:
    headers = parts.TRACED | _answer_headers(route)
    success: Json = {"description": route.summary, "headers": headers} | _content(route, schemas)
    status = str(route.status if _is_model(route.answers) else 204)
    found = (
        {"200": success | {"description": "What was there already."}}
        if route.more.may_exist
        else {}
    )
    if _tagged(route):
        found["304"] = {
            "description": "The client has this answer already.",
            "headers": parts.TRACED | {"ETag": headers["ETag"]},
        }
    return found | {status: success} | _refused(route)


def _content(route: Route, schemas: _Schemas) -> Json:
    if not _is_model(route.answers):
        return {}
    if issubclass(route.answers, HtmlPage):
        return {"content": parts.PAGE}
    if issubclass(route.answers, PlainText):
        return {"content": parts.WORDS}
    content = {"schema": schemas.of(route.answers, "serialization")}
    return {"content": {"application/json": content}}


def _refused(route: Route) -> dict[str, Json]:
    found = {
        str(code): {"$ref": f"#/components/responses/Problem{code}"} for code in _refusals(route)
    }
    if _is_model(route.answers) and issubclass(route.answers, HtmlPage):
        # A person in a browser reads a page, too; the gateway itself refuses with a problem.
        of_link = ("404", "410", "413", "422", "429") if "link" in route.path_values else ("404",)
        as_pages = (*found, *of_link) if route.more.refused else ("404",)
        found |= {each: parts.no_page(int(each)) for each in as_pages}
    return found


def _pushed(route: Route) -> bool:
    """Whether a provider calls it, in a form of its own."""
    return route.callers == {"webhook"}


def _tagged(route: Route) -> bool:
    """Whether a client may ask for the answer only if it has changed."""
    page = _is_model(route.answers) and issubclass(route.answers, Page)
    return bool(route.more.cache_seconds) or page


def _answer_headers(route: Route) -> dict[str, Json]:
    text = {"schema": {"type": "string"}}
    headers: dict[str, Json] = {}
    shown = not route.more.untold
    if _is_model(route.returns) and "version" in route.returns.model_fields and shown:
        headers["ETag"] = {"description": "The version; send it as `If-Match`."} | text
    if _tagged(route):
        headers["ETag"] = {
            "description": "Send it as `If-None-Match` to be told of changes."
        } | text
    if route.more.cache_seconds:
        headers["Cache-Control"] = {"description": "How long the answer holds."} | text
    if route.status == 201 and shown:
        headers["Location"] = {"description": "Where the new thing is read."} | text
    if route.needs_key:
        headers[REPLAYED_HEADER] = {
            "description": "`true` when this is the answer of an earlier request."
        } | text
    return headers


def _refusals(route: Route) -> list[int]:
    found = {401, 403, 404, 422, 429, 503}
    if route.method != "GET":
        found.add(413)
    if "body" in route.inputs or "request" in route.given:
        found.add(400)
    if "context" in route.given or not route.callers <= VOUCHED or route.more.by_state:
        found.add(409)
    if "link" in {*route.path_values, *getattr(route.inputs.get("body"), "model_fields", {})}:
        found.add(410)
    if "context" in route.given:
        found.add(412)
    if route.needs_key or route.needs_if_match:
        found.add(428)
    return sorted(found)


def apps() -> Iterator[ServiceApp]:
    """Every app of the repository."""
    for folder in app_folders().values():
        yield importlib.import_module(f"{folder.replace('/', '.')}.app").app


def text(app: ServiceApp) -> str:
    """Return the committed form of a document."""
    return json.dumps(document(app), ensure_ascii=False, indent=2) + "\n"


def documents() -> generated.Documents:
    """Return the document of each app that there is."""
    made = {FOLDER / f"{app.app_name}.json": text(app) for app in apps()}
    return {**dict.fromkeys(FOLDER.glob("*.json")), **made}


if __name__ == "__main__":
    sys.exit(generated.run(documents()))
