"""Every way in says who may come: read from the declared routes themselves."""

import re

import pytest

from shared.api.app import ServiceApp
from shared.api.routes import CALLERS, Routes
from tools import openapi

APPS = list(openapi.apps())


@pytest.mark.requirement("X-05")
@pytest.mark.parametrize("app", APPS, ids=lambda app: app.app_name)
def test_every_route_declares_its_callers(app: ServiceApp) -> None:
    paths = {(route.path, route.method) for route in app.declared}
    # Browsers ask before a call, at each path.
    asked = {(path, "OPTIONS") for path, _ in paths}
    served = {(path, method) for path, by in app.routes.items() for method in by}

    assert all(route.callers and route.callers <= CALLERS for route in app.declared)
    assert served == paths | asked, "a route is served that was not declared"


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.app_name)
def test_what_was_made_is_read_at_the_place_that_is_told(app: ServiceApp) -> None:
    read = {_shape(route.path) for route in app.declared if route.method == "GET"}
    told = [each for each in app.declared if each.status == 201 and not each.more.untold]

    assert not [each.id for each in told if _shape(each.location) not in read]


def _shape(path: str) -> str:
    return re.sub(r"{\w+}", "{}", path)


def test_a_route_without_a_caller_does_not_even_import() -> None:
    routes = Routes()

    with pytest.raises(TypeError):
        routes.get("/requests", list)  # type: ignore[call-arg]
