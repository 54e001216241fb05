"""What a function needs from its environment is read when it is needed, and missed by name."""

import subprocess
import sys

import pytest

from infra.services import app_folders
from shared import redaction
from shared.settings import MissingSetting, Setting

NEEDED = Setting("RYADOM_NEEDED", (), "a test's own")
OPTIONAL = Setting("RYADOM_OPTIONAL", (), "a test's own", default="none")


def test_a_value_is_read_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("one", "another"):
        monkeypatch.setenv(NEEDED.name, value)
        assert NEEDED() == NEEDED.required() == value


@pytest.mark.parametrize("value", [None, ""])
def test_what_is_missing_or_empty_is_missed_by_name(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is not None:
        monkeypatch.setenv(NEEDED.name, value)
        monkeypatch.setenv(OPTIONAL.name, value)
    assert OPTIONAL() == "none"
    for ask in (NEEDED, NEEDED.required, OPTIONAL.required):
        with pytest.raises(MissingSetting, match=r"^RYADOM_\w+ is not set"):
            ask()


def test_the_log_says_which_setting_is_missing() -> None:
    assert redaction.describe(MissingSetting("DATA_TABLE"))["setting"] == "DATA_TABLE"


def test_every_app_is_imported_without_any_setting() -> None:
    folders = app_folders().values()
    code = "".join(f"import {folder.replace('/', '.')}.app\n" for folder in folders)
    done = subprocess.run([sys.executable, "-c", code], env={}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
