"""The documents say what the edge does: constraints, statuses, headers and who may call."""

import json
import subprocess
import sys
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from shared.api.app import ServiceApp
from shared.message_catalogue import ROOT
from tests.shared.api.sample_app import app
from tools import openapi, openapi_parts


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi.document(app)


def operation(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        told
        for methods in document["paths"].values()
        for told in methods.values()
        if told["operationId"] == name
    )
    return found


def headers(told: dict[str, Any]) -> set[str]:
    return {each["$ref"].rpartition("/")[2] for each in told["parameters"] if set(each) == {"$ref"}}


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()


def test_query_parameters_keep_their_constraints(document: dict[str, Any]) -> None:
    limit, colour = (
        each
        for each in operation(document, "list_notes")["parameters"]
        if each.get("in") == "query"
    )
    assert limit["schema"]["minimum"] == 1
    assert limit["schema"]["maximum"] == 100
    assert limit["schema"]["default"] == 20
    assert colour["required"] is False
    assert "anyOf" not in colour["schema"]  # an address cannot say null


def test_only_used_schemas_are_listed(document: dict[str, Any]) -> None:
    listed = set(document["components"]["schemas"])
    assert listed == {
        "Colour", "FieldProblem", "FieldProblemIn", "NewNote", "NextStep", "Note", "Problem",
        "Reading", "Receipt", "Ribbon", "Secret", "Sighting", "Sticker",
    }  # fmt: skip


def test_words_that_a_field_alone_takes_have_a_name(document: dict[str, Any]) -> None:
    """Generators number what has none, and the next such field takes its number."""
    schemas = document["components"]["schemas"]
    place = schemas["FieldProblem"]["properties"]["in"]
    assert place["$ref"] == f"{openapi_parts.REF}FieldProblemIn"
    assert schemas["FieldProblemIn"]["enum"] == ["body", "query", "header"]


def test_only_used_headers_and_refusals_are_listed(document: dict[str, Any]) -> None:
    text = json.dumps(document["paths"])
    for kind in ("parameters", "responses"):
        assert document["components"][kind]
        for name in document["components"][kind]:
            assert f'#/components/{kind}/{name}"' in text


@pytest.mark.parametrize("made", [*openapi.apps()], ids=lambda made: made.app_name)
def test_each_app_says_what_it_is_for_and_names_what_it_answers(made: ServiceApp) -> None:
    document = openapi.document(made)

    about = document["info"]["description"]
    assert len(about) > 80
    assert "](" not in about  # a link of a README leads nowhere from here
    described = {each["name"]: each["description"] for each in document["tags"]}
    used = {
        tag for path in document["paths"].values() for each in path.values() for tag in each["tags"]
    }
    assert described.keys() == used
    assert all(len(each) > 25 and "routes" not in each for each in described.values())
    schemas = document["components"]["schemas"]
    objects = {name for name, schema in schemas.items() if schema.get("type") == "object"}
    assert {name for name in objects if not schemas[name].get("description")} == set()
    # A value that is known by its place in an array is a riddle to who reads the answer.
    assert "prefixItems" not in json.dumps(document)


def test_inputs_are_closed_as_the_edge_closes_them(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in ("NewNote", "Sticker", "Ribbon"):
        assert schemas[name]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["Note"]


def test_each_way_to_call_names_its_headers_and_refusals(document: dict[str, Any]) -> None:
    add, rewrite = operation(document, "add_note"), operation(document, "rewrite_note")
    assert headers(add) == {
        "CorrelationId", "IdempotencyKey", "RyadomOnBehalfOf", "RyadomRole",
    }  # fmt: skip
    assert headers(rewrite) == {"CorrelationId", "IfMatch", "RyadomRole"}
    assert set(add["responses"]) == {
        "201", "400", "401", "403", "404", "409", "412", "413", "422", "428", "429", "503",
    }  # fmt: skip
    assert set(add["responses"]["201"]["headers"]) == {
        "ETag", "Location", "Idempotency-Replayed", "X-Correlation-Id",
    }  # fmt: skip
    refused = document["components"]["responses"]
    assert set(refused["Problem401"]["headers"]) == {"WWW-Authenticate", "X-Correlation-Id"}
    assert set(refused["Problem503"]["headers"]) == {"Retry-After", "X-Correlation-Id"}
    assert set(operation(document, "list_notes")["responses"]) == {
        "200", "401", "403", "404", "422", "429", "503",
    }  # fmt: skip
    assert "204" in operation(document, "take_hook")["responses"]


def test_what_a_provider_sends_is_taken_in_its_own_form(document: dict[str, Any]) -> None:
    hook = operation(document, "take_hook")
    assert headers(hook) == {"CorrelationId"}
    assert hook["requestBody"]["required"]
    assert set(hook["requestBody"]["content"]) == {
        "application/json",
        "application/x-www-form-urlencoded",
    }


def test_an_answer_has_all_its_fields_but_those_left_out_by_rule(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert {"existing", "number", "status"} <= {*schemas["Receipt"]["required"]}
    assert "links" not in schemas["Receipt"]["required"]
    assert not {"detail", "errors", "next_steps"} & {*schemas["Problem"]["required"]}
    assert "colour" not in schemas["NewNote"].get("required", ())


def test_each_route_says_who_may_call(document: dict[str, Any]) -> None:
    said = {route.name: operation(document, route.name)["security"] for route in app.declared}
    assert said["add_note"] == [{"machine": []}, {"person": []}]
    assert said["get_note"] == []
    assert said["show_key"] == [{"store": []}]
    assert said["take_hook"] == [{"webhook": []}]
    assert set(document["components"]["securitySchemes"]) == {
        "machine",
        "person",
        "store",
        "webhook",
    }


def test_words_and_examples_come_from_the_declaration(document: dict[str, Any]) -> None:
    add = operation(document, "add_note")
    assert (add["summary"], add["description"]) == ("Put a note on the shelf.", "It stays there.")
    codes = document["components"]["schemas"]["Problem"]["properties"]["code"]["x-codes"]
    assert codes["note_torn"] == "Записка порвана"
    assert codes["forbidden"] == "Это действие вам недоступно"
    example = add["requestBody"]["content"]["application/json"]["examples"]["example"]
    assert example["value"] == {"text": "Здравствуйте"}
    assert operation(document, "rewrite_note")["description"] == "- `note_torn`: Записка порвана"
    # What a query's own model says of its fields has no other place.
    assert operation(document, "list_notes")["description"] == "Which notes."


def test_an_answer_made_from_the_receipt_is_the_one_described(document: dict[str, Any]) -> None:
    told = operation(document, "add_secret")["responses"]["201"]["content"]["application/json"]
    assert told["schema"] == {"$ref": "#/components/schemas/Secret"}


def test_every_answer_of_the_edge_is_documented() -> None:
    every = {int(name.removeprefix("Problem")) for name in openapi_parts.problem_responses()}
    assert every == {400, 401, 403, 404, 409, 410, 412, 413, 422, 428, 429, 503}
    assert {each for each in openapi_parts.general_codes() if not app.catalogue.has(each)} == set()


def test_the_run_time_never_loads_the_generator_or_an_aws_client() -> None:
    script = "import sys, shared.api.app; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    loaded = subprocess.run(command, capture_output=True, check=True, text=True, cwd=ROOT).stdout
    names = set(loaded.split())
    assert "shared.api.app" in names
    generators = {"tools.openapi", "tomllib"}
    assert not names & {*generators, "botocore.session", "boto3", "cedarpy", "shared.storage.store"}


@pytest.mark.parametrize(
    ("service", "allowed"),
    [
        ("intake", "`family_requests` allows: submit_request Request, view Request."),
        ("matching", "`guardian_training` allows: record_training Guardian."),
        ("matching", "`bind_people` allows: bind_chat Device, renew_chat Device,"),
        ("cards", "`act_for_family` lets a bot say"),
    ],
)
def test_an_integrator_reads_which_scopes_a_token_needs(service: str, allowed: str) -> None:
    """The policies alone know them, and an integrator has the documents."""
    committed = (openapi.FOLDER / f"{service}.json").read_text("utf-8")
    machine = json.loads(committed)["components"]["securitySchemes"]["machine"]

    assert allowed in machine["description"]
