"""What a phone shows without us: its vectors, its page and its JavaScript agree with the till."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from services.cards import qr_codes

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "clients" / "js"
VECTORS: list[dict[str, Any]] = json.loads((CLIENT / "vectors.json").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "phone-code.md").read_text(encoding="utf-8")
KEY = b"k" * 32


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["now_ms"]))
def test_a_vector_is_what_the_till_takes(vector: dict[str, Any]) -> None:
    moment, handle, generation = vector["now_ms"] / 1000, vector["handle"], vector["generation"]

    assert qr_codes.rotating_secret(KEY, handle, generation) == vector["qr_secret"]
    scanned = qr_codes.parse(vector["token"])
    assert scanned.rotating
    assert qr_codes.step_of(KEY, scanned, moment) == vector["step"]
    assert scanned.proof == vector["code"]


def test_the_page_has_the_vectors_and_the_limits_of_the_code() -> None:
    for vector in VECTORS:
        assert f"| {vector['now_ms']} | {vector['step']} | `{vector['code']}` |" in PAGE
    first = VECTORS[0]
    assert first["qr_secret"] in PAGE and first["token"] in PAGE
    assert f"{qr_codes.STEP_SECONDS} seconds" in PAGE and qr_codes.SKEW_STEPS == 1


def test_the_javascript_module_makes_the_same_codes() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: clients/js is not tested here")
    command = [node, "--test", str(CLIENT / "ryadom_code.test.mjs")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
