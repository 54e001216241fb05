"""Every way in says who may come: read from the declared routes themselves."""

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


def test_a_route_without_a_caller_does_not_even_import() -> None:
    routes = Routes()

    with pytest.raises(TypeError):
        routes.get("/requests", list)  # type: ignore[call-arg]
