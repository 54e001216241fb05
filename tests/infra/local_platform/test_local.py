"""The commands of the local platform: what each refuses, and the next step that it says."""

import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

from infra import local, reference
from infra.deployment.stack_failures import DeployFailed
from infra.local_platform.emulator import CannotStart
from infra.local_platform.platform import LocalPlatform
from infra.local_platform.users import UserPool


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        *((("run", f"--port={port}"), "from 1 to 65534") for port in ("0", "65535", "-3", "http")),
        *((("clock", f"--hours={hours}"), "like 48 or 1.5") for hours in ("two", "nan", "1e9", "")),
        (("clock", "--to=yesterday"), "like 2026-09-14T09:00"),
        (("clock", "--to=0001-01-01T00:00+14:00"), "like 2026-09-14T09:00"),
        (("call", "HQ-1", "GET", "intake"), "like /intake/v1/requests"),
        (("token", "HQ-1", "--path=intake"), "like /intake/v1/requests"),
        (("call", "HQ-1", "POST", "/intake/v1/requests", "{"), "no JSON"),
        (("call", "HQ-1", "GE T", "/intake/v1/requests"), "like GET or POST"),
        (("call", "HQ-1", "GET", "/intake/v1/requests", "--role=штаб"), "of Latin letters"),
        (("call", "HQ-1", "GET", "/intake/v1/requests", "--key=раз\n"), "of Latin letters"),
    ],
)
def test_what_cannot_be_meant_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    asked: tuple[str, ...],
    told: str,
) -> None:
    monkeypatch.setattr(sys, "argv", ["local", *asked])
    with pytest.raises(SystemExit):
        local.main()
    assert told in capsys.readouterr().err


def test_hours_are_taken_as_people_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    moved = Mock()
    monkeypatch.setattr(local, "clock", moved)
    for written in ("1.5", "1,5"):
        monkeypatch.setattr(sys, "argv", ["local", "clock", "--hours", written])
        local.main()
        assert moved.call_args.args[0].hours == 1.5


def test_a_start_that_fails_for_no_foreseen_reason_says_the_one_command_that_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(local, "run", Mock(side_effect=KeyError("half a state")))
    monkeypatch.setattr(sys, "argv", ["local", "--state", str(tmp_path), "run"])
    with pytest.raises(SystemExit, match=r"python -m infra\.local run --fresh"):
        local.main()
    assert "half a state" in capsys.readouterr().err


def test_a_change_of_a_stack_that_fails_advises_to_mend_it_before_throwing_anything_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "run", Mock(side_effect=DeployFailed("ryadom-cards: no place")))
    monkeypatch.setattr(sys, "argv", ["local", "--state", str(tmp_path), "run"])
    with pytest.raises(SystemExit, match=r"no place\nMend that and run this again: .* is kept"):
        local.main()


@pytest.mark.parametrize("error", [ModuleNotFoundError("nothing_there"), SyntaxError("app.py")])
def test_code_that_does_not_load_is_not_blamed_on_the_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(local, "run", Mock(side_effect=error))
    monkeypatch.setattr(sys, "argv", ["local", "--state", str(tmp_path), "run"])
    with pytest.raises(type(error)):
        local.main()


def test_a_region_that_is_led_by_nobody_is_told_by_the_name_in_its_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A start blamed the state, and the emulator's answer named nobody."""
    cognito = Mock(**{"exceptions.UserNotFoundException": KeyError})
    cognito.admin_get_user.side_effect = KeyError
    platform = LocalPlatform(tmp_path)
    platform.facts = {"ReferenceTableName": "regions"}
    vars(platform)["people"] = UserPool(cognito, "pool", "client")

    with pytest.raises(CannotStart, match=r"^Nobody is called HQ-\w;"):
        platform._publish_regions()
    monkeypatch.setattr(reference, "attach", lambda _: platform)
    monkeypatch.setattr(sys, "argv", ["reference", "local"])
    with pytest.raises(SystemExit, match=r"^Nobody is called HQ-\w;"):
        reference.main()
