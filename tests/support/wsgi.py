"""An `Api` as a WSGI application, for tools that speak HTTP (schemathesis) without a socket."""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from tests.support.api import Api

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Wsgi:
    """Serves one app under its public prefix, as the gateway does, to one caller."""

    def __init__(self, api: Api, document: dict[str, Any] | None = None) -> None:
        self.api = api
        self.document = document

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", "/")).encode("latin-1").decode("utf-8", "replace")
        if path == "/openapi.json":
            start("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(self.document).encode()]
        headers = _headers(environ)
        # The gateway asks nobody about a request without a token.
        api = self.api if "Authorization" in headers else self.api.as_(None)
        answer = api.call(
            environ["REQUEST_METHOD"],
            f"{quote(path, safe='/')}?{environ.get('QUERY_STRING', '')}",
            _body(environ),
            headers=headers,
        )
        start(f"{answer.status} {HTTPStatus(answer.status).phrase}", list(answer.headers.items()))
        return [answer.text.encode("utf-8", "surrogatepass")]


def _body(environ: dict[str, Any]) -> str | None:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    raw: bytes = environ["wsgi.input"].read(length) if length else b""
    # The gateway decodes as this does: what is no UTF-8 becomes the replacement sign.
    return raw.decode("utf-8", "replace") if raw else None


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    named = {
        name.removeprefix("HTTP_").replace("_", "-").title(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        named["Content-Type"] = str(environ["CONTENT_TYPE"])
    return named
