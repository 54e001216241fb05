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


@pytest.mark.parametrize("module", MODULES)
def test_importing_a_module_loads_no_heavy_library(module: str) -> None:
    code = f"import sys, shared.{module}; print(sorted({set(HEAVY)!r} & set(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
