"""What a cold start pays for: heavy libraries are imported by the first use, never by a module."""

import subprocess
import sys

import pytest

HEAVY = ("cedarpy", "cryptography", "jwt", "phonenumbers", "boto3", "botocore.session", "ulid")
MODULES = (
    "identity.claims",
    "identity.partitions",
    "identity.policy",
    "identity.signed_links",
    "keyring",
    "messaging.recipients",
    "privacy.contact",
    "privacy.vault",
    "reference.calendar",
    "reference.code_lists",
    "reference.regions",
    "storage.cursors",
)
USES = (
    *(f"import shared.{module}" for module in MODULES),
    "from shared.keyring import Secrets; Secrets('intake', lambda: bytes(32)).sign('a', b'b')",
    "from shared.identity import devices, policy; policy.Policy('x')",
)


@pytest.mark.parametrize("use", USES)
def test_a_module_and_its_first_use_load_no_heavy_library(use: str) -> None:
    code = f"{use}; import sys; print(sorted({set(HEAVY)!r} & set(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
