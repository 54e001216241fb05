"""What a table of routes may declare, and what fails while it is imported."""

from typing import Any

import pytest

from shared.api.app import ServiceApp
from shared.api.inputs import Request
from shared.api.routes import BadRoute, Routes
from shared.errors import VersionConflict
from shared.principal import Principal
from shared.storage.command_context import CommandContext, Receipt
from tests.shared.api.callers import HQ
from tests.shared.api.sample_app import Note, NoteId, app, device
from tests.support.api import Api


def served(method: str, handler: Any, **said: Any) -> ServiceApp:
    """Return an app with this one route."""
    routes, odd = Routes(), ServiceApp("odd")
    getattr(routes, method)(said.pop("path", "/x"), handler, **said)
    odd.include(routes)
    return odd


def test_a_route_that_names_no_caller_fails_at_import() -> None:
    for caller in ("", "anybody", "public|person", "store|webhook"):
        with pytest.raises(BadRoute):
            served("get", get_something, caller=caller)
    with pytest.raises(TypeError):
        Routes().get("/x", get_something)  # type: ignore[call-arg]


def get_something() -> Note:
    """Show something."""
    return Note(id="nte_000", text="a")


def test_a_declaration_that_cannot_be_served_fails_at_import() -> None:
    def silent() -> Note:
        return get_something()

    def odd_name(payload: Note) -> Note:
        """Take a parameter of an unknown name."""
        return payload

    def no_receipt(context: CommandContext) -> Note:
        """Command without a receipt."""
        return get_something()

    def untyped_query(query: str) -> Note:
        """Take a query that is no model."""
        return get_something()

    def not_in_the_path(note_id: NoteId) -> Note:
        """Name a parameter that the path has not."""
        return get_something()

    def changes(context: CommandContext) -> Receipt:
        """Change something by a GET."""
        return Receipt(id="nte_000", version=1)

    def keeps_no_answer(request: Request) -> Note:
        """Keep the key but not say what was answered before."""
        return get_something()

    for why, method, handler, more in (
        ("docstring", "get", silent, {}),
        ("called 'payload'", "post", odd_name, {}),
        ("returns its Receipt", "post", no_receipt, {}),
        ("query must be a pydantic model", "get", untyped_query, {}),
        ("called 'note_id'", "get", not_in_the_path, {}),
        ("a GET changes nothing", "get", changes, {}),
        ("no typed parameter takes", "get", get_something, {"path": "/x/{note_id}"}),
        ("takes no context", "post", keeps_no_answer, {"caller": "store", "idempotent": True}),
        ("the authorizer says who", "get", get_something, {"identify": device}),
    ):
        with pytest.raises(BadRoute, match=why):
            served(method, handler, **{"caller": "person"} | more)


def change(context: CommandContext) -> Receipt:
    """Change something."""
    return Receipt(id="nte_000", version=1)


@pytest.mark.parametrize(
    ("method", "said", "needs_if_match", "needs_key", "status"),
    [
        ("put", {}, True, False, 200),
        ("put", {"if_match": False, "idempotent": True}, False, True, 200),
        ("post", {}, False, True, 201),
        ("post", {"if_match": True, "status": 200}, True, True, 200),
        ("post", {"idempotent": False}, False, False, 201),
    ],
)
def test_what_makes_a_call_safe_follows_from_its_method_unless_it_is_said(
    method: str, said: Any, needs_if_match: bool, needs_key: bool, status: int
) -> None:
    (line,) = served(method, change, caller="person", **said).declared

    assert (line.needs_if_match, line.needs_key) == (needs_if_match, needs_key)
    assert line.status == status


class Shelves:
    """What a use case asks for by type."""

    made = 0

    @classmethod
    def connect(cls) -> "Shelves":
        """Return the shelves of this container."""
        cls.made += 1
        return cls()


def test_a_use_case_gets_what_it_works_with_by_type_and_path_values_by_name() -> None:
    def count_notes(note_id: NoteId, level: int, shelves: Shelves, caller: Principal) -> Note:
        """Count the notes of a shelf."""
        assert isinstance(shelves, Shelves)
        return Note(id=note_id, text=caller.role, version=level)

    api = Api(served("get", count_notes, caller="person", path="/x/{note_id}/{level}")).as_(HQ)

    assert api.get("/x/nte_007/3").json == {
        "id": "nte_007", "text": "regional_hq", "status": "new", "version": 3
    }  # fmt: skip
    assert Shelves.made == 1
    assert api.get("/x/nte_007/high").status == 404
    assert api.get("/x/note/3").status == 404
    assert Shelves.made == 1


def test_the_gateway_asks_one_authorizer_for_people_and_machines() -> None:
    from chalice.deploy.swagger import CFNSwaggerGenerator

    swagger = CFNSwaggerGenerator().generate_swagger(app)
    assert list(swagger["securityDefinitions"]) == ["Callers"]
    callers = swagger["securityDefinitions"]["Callers"]
    assert callers["name"] == "Authorization"
    asked = callers["x-amazon-apigateway-authorizer"]
    assert asked["authorizerResultTtlInSeconds"] == 60
    assert asked["authorizerUri"]["Fn::Sub"].endswith("/functions/${AuthorizerArn}/invocations")
    guarded = {
        f"{method.upper()} {path}": "security" in told
        for path, methods in swagger["paths"].items()
        for method, told in methods.items()
    }
    preflights = {f"OPTIONS {route.path}": False for route in app.declared}
    assert guarded == preflights | {
        route.id: route.callers <= {"person", "machine"} for route in app.declared
    }


def test_a_version_conflict_out_of_a_read_is_told(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(_: str) -> Note:
        raise VersionConflict

    monkeypatch.setattr("tests.shared.api.sample_app._read", lose)
    assert api.get("/notes/nte_001").status == 409


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("", "192.0.2.1", False),
    ],
)
def test_the_addresses_of_a_household_count_as_one(one: str, other: str, alike: bool) -> None:
    counted = [
        Request({"requestContext": {"identity": {"sourceIp": each}}}).source_address
        for each in (one, other)
    ]
    assert (counted[0] == counted[1]) is alike
