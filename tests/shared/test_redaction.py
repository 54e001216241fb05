"""Whatever is logged, nothing personal is in it, and an error is told by type and place."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from shared.redaction import CODED, REDACTED, describe, is_identifier, safe
from shared.settings import MissingSetting
from tests.guards.code import modules
from tests.shared import leak_attempts
from tests.shared.api.sample_app import CANARY
from tests.support.log_lines import log_lines

ROOT = Path(__file__).parents[2]
PERSONAL = [
    "Иванова",
    "ivanova@example.ru",
    "+79161234567",
    "8 (916) 123-45-67",
    "79161234567",
    "phone:79161234567",
    "a.b.7.9.1.6.1.2.3.4.5.6.7",
    "Lenina 5",
    "Ivanova",
    "POST /v1/requests/Ivanova",
    "POST /v1/phones/+79161234567",
    79161234567,
    9161234567,
    {"name": "x"},
    b"x",
    pytest.param(object(), id="object"),
]
HARMLESS = [
    None,
    True,
    3,
    0.5,
    "regional_hq",
    "matching.MatchProposed",
    "req_01JD3Q8V6T4N2Z5X7Y9W0ABCDE",
    "01JD3Q8V6T4N2Z5X7Y9W0ABCDE",
    "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    "C6AF9AC6-7B61-11E6-9A41-93E8DEADBEEF",
    "01ABCDEFGHJKMNPQRSTVWXYZ09",
    "0af7651916cd43dd8448eb211c80319c",
    "1-67891233-abcdef012345678912345678",
    "store:till-1",
    "POST /v1/requests/{request_id}",
]
UTC_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")


@pytest.mark.requirement("X-08")
@pytest.mark.parametrize("value", PERSONAL, ids=repr)
def test_what_could_be_personal_is_redacted(value: object) -> None:
    for name in ("event", "who"):
        assert safe(name, value) == REDACTED
        assert safe(name, [value]) == [REDACTED]


def test_of_a_list_in_a_list_nothing_is_told() -> None:
    assert safe("event", [["regional_hq"], "regional_hq"]) == [REDACTED, "regional_hq"]


# What people call their accounts and chats looks like a code: it is one in a field for codes alone.
@pytest.mark.parametrize("value", ["anna.petrova", "petrova_1987", "telegram:123456789"])
def test_a_text_like_a_code_is_redacted_in_a_field_that_holds_no_codes(value: str) -> None:
    assert safe("who", value) == REDACTED
    request = "req_01JD3Q8V6T4N2Z5X7Y9W0ABCDE"
    assert safe("who", [request, value]) == [request, REDACTED]
    assert safe("result", value) == value


# What else is noted: ids, which pass anywhere, numbers, a flag, and errors.
IDS = {"request_id", "correlation_ids", "match_id", "check_id", "partner_id", "outlet_id"}
NUMBERS = {"status", "gateway_status", "runs", "families", "guardians", "pairs", "replayed"}
OF_EACH = {"service", "function", "function_request_id", "outcome"}


def test_a_code_that_is_noted_has_a_field_for_codes_and_each_such_field_is_noted() -> None:
    called = [call for module in modules("shared", "services") for call in module.calls]
    notes = [call for name, call in called if name in ("note", "observability.note")]
    noted = {each.arg for call in notes for each in call.keywords}
    assert (noted | OF_EACH) - IDS - NUMBERS - {"error"} == CODED


@pytest.mark.parametrize("value", HARMLESS, ids=repr)
def test_codes_and_ids_pass(value: object) -> None:
    assert safe("event", value) == value


@pytest.mark.parametrize("text", ["", "79161234567", "Иванова", "a" * 64, "req_1"])
def test_a_correlation_id_from_outside_must_be_one(text: str) -> None:
    assert not is_identifier(text)


def test_an_error_is_told_by_type_and_place() -> None:
    def fail() -> None:
        try:
            try:
                raise OSError(CANARY)
            except OSError:
                raise KeyError(CANARY)  # noqa: B904 - what Python itself remembers
        except KeyError as error:
            raise ValueError(CANARY) from error

    try:
        fail()
    except ValueError as error:
        error.response = {"Error": {"Code": "Throttling", "Message": CANARY}}  # type: ignore[attr-defined]
        told = describe(error)
    assert told["type"] == "ValueError"
    assert told["causes"] == ["KeyError", "OSError"]
    assert told["code"] == "Throttling"
    assert told["frames"][-1].endswith(":fail")
    assert not any(word in json.dumps(told, ensure_ascii=False) for word in CANARY.split())


def test_an_error_names_the_setting_that_is_missing_and_what_it_happened_in() -> None:
    try:
        try:
            raise KeyError(CANARY)
        except KeyError:
            raise MissingSetting("ROOT_KEY")  # noqa: B904 - what Python itself remembers
    except MissingSetting as error:
        told = describe(error)
    assert (told["setting"], told["causes"]) == ("ROOT_KEY", ["KeyError"])


def test_an_error_names_what_it_was_raised_from_though_it_happened_in_something_else() -> None:
    error = ValueError(CANARY)
    error.__context__, error.__cause__ = OSError(CANARY), KeyError(CANARY)
    error.__cause__.__context__, error.__cause__.__cause__ = OSError(CANARY), TimeoutError(CANARY)
    assert describe(error)["causes"] == ["KeyError", "TimeoutError"]


@pytest.fixture(scope="module")
def spoken() -> subprocess.CompletedProcess[str]:
    """All that a function prints in whose every corner somebody says something personal."""
    command = [sys.executable, "-m", "tests.shared.leak_attempts"]
    environment = os.environ | {
        "AWS_LAMBDA_FUNCTION_NAME": "ryadom-ledger-on-messages",
        "AWS_REGION": "eu-central-1",
        "PYTHONPATH": str(ROOT),
        "TZ": "Asia/Yakutsk",
    }
    return subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=ROOT, env=environment
    )


@pytest.mark.requirement("X-08")
@pytest.mark.parametrize("word", leak_attempts.WORDS)
def test_whatever_is_said_no_personal_word_is_printed(
    spoken: subprocess.CompletedProcess[str], word: str
) -> None:
    everything = spoken.stdout + spoken.stderr
    assert word not in everything
    assert json.dumps(word)[1:-1] not in everything


def test_everybody_was_heard(spoken: subprocess.CompletedProcess[str]) -> None:
    heard = log_lines(spoken.stdout)
    places = Counter(line["location"].rpartition(":")[2] for line in heard)
    for speaker in leak_attempts.SPEAKERS:
        assert places[speaker.__name__] >= 1, speaker.__name__
    assert places["_showwarnmsg"] == places["_uncaught"] == 2
    wide = {line["function"]: line for line in heard if line["message"] == "invocation"}
    assert wide.keys() == {*(each.__name__ for each in leak_attempts.INVOCATIONS), "api"}
    assert all("error" in wide[each.__name__] for each in leak_attempts.INVOCATIONS)
    assert {line["level"] for line in heard} >= {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
    assert all(UTC_RFC_3339.fullmatch(line["timestamp"]) for line in heard)
    said = [line["error"]["type"] for line in heard if line["location"].endswith(":with_errors")
            if "error" in line]  # fmt: skip
    assert set(said) == {"ExceptionGroup"}
