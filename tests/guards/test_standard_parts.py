"""No infrastructure of our own where a well-kept library exists."""

import re
from collections.abc import Iterable, Iterator

import pytest

from tests.guards.code import Module, modules

# What speaks HTTP or TLS itself; requests go through boto3, urllib3 or PyJWKClient.
WIRES = ("http", "socket", "socketserver", "ssl", "urllib.request", "wsgiref", "asyncio")
OWN_PARTS = {
    "SigV4": re.compile(r"AWS4-HMAC|aws4_request|\bsigv4\b", re.IGNORECASE),
    "CA roots": re.compile(r"BEGIN CERTIFICATE|\bca_?roots?\b|roots\.toml"),
    "a JWKS parser": re.compile(r"\bfrom_jwk\b|RSAPublicNumbers|EllipticCurvePublicNumbers"),
    "a solver": re.compile(r"\bauction\b|\bhungarian\b|\bsimplex\b", re.IGNORECASE),
}
# The local platform stands in for AWS and for providers, so it listens itself.
LOCAL = ("infra/local_platform/emulator.py", "infra/local_platform/proxy.py")


def wires(found: Iterable[Module]) -> Iterator[str]:
    """Modules that import what a client or server of our own would be made of."""
    for module in found:
        for name, line in module.imports:
            if any(name == wire or name.startswith(f"{wire}.") for wire in WIRES):
                yield module.at(line, f"imports {name}")


def own_parts(found: Iterable[Module]) -> Iterator[str]:
    """Modules that speak of what a library does for us."""
    for module in found:
        for what, pattern in OWN_PARTS.items():
            for match in pattern.finditer(module.text):
                line = module.text.count("\n", 0, match.start()) + 1
                yield module.at(line, f"{what} of our own: {match[0]}")


def production() -> list[Module]:
    """What is deployed or deploys; tests and the local platform may stand in for others."""
    return [module for module in modules("services", "shared", "infra") if module.path not in LOCAL]


def test_no_wire_is_our_own() -> None:
    assert list(wires(production())) == []


def test_whoever_may_have_a_wire_has_one() -> None:
    listening = [module for module in modules("infra") if module.path in LOCAL]
    assert {each.partition(":")[0] for each in wires(listening)} == {*LOCAL}


def test_no_part_is_our_own() -> None:
    assert list(own_parts(production())) == []


@pytest.mark.parametrize(
    "text", ["import http.client", "from urllib.request import urlopen", "import ssl"]
)
def test_a_wire_of_our_own_is_noticed(text: str) -> None:
    assert list(wires([Module("shared/x.py", text)]))


@pytest.mark.parametrize(
    "text",
    ["scope = f'{day}/aws4_request'", "key = RSAAlgorithm.from_jwk(k)", "def auction(): ..."],
)
def test_a_part_of_our_own_is_noticed(text: str) -> None:
    assert list(own_parts([Module("shared/x.py", text)]))
