"""Every way in says who may come: read from the declared routes themselves."""

from typing import Any

import pytest

from shared import openapi
from shared.http import ServiceApp
from shared.routes import CALLERS

APPS: list[Any] = list(openapi.apps())


@pytest.mark.requirement("X-05")
@pytest.mark.parametrize("app", APPS, ids=lambda app: app.app_name)
def test_every_route_declares_its_callers(app: Any) -> None:
    if isinstance(app, ServiceApp):
        paths = {(route.path, route.method) for route in app.declared}
        served = {(path, method) for path, by in app.routes.items() for method in by}

        assert all(route.callers and route.callers <= CALLERS for route in app.declared)
        assert served == paths, "a route is served that was not declared"
    else:
        # The till's edge knows one caller: its routes are told as a store's.
        document = openapi.document(app)
        operations = [each for path in document["paths"].values() for each in path.values()]
        assert all(operation["security"] == [{"store": []}] for operation in operations)


def test_a_route_without_a_caller_does_not_even_import() -> None:
    app = ServiceApp("intake")

    with pytest.raises(TypeError):
        app.get("/requests")  # type: ignore[call-arg]
