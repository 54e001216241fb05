"""A deploy to a cloud says no before it touches anything."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra import deploy
from infra.deployment import account_checks
from infra.deployment.deployer import output_name
from infra.deployment.plans import Change, Plan
from infra.deployment.stage_facts import (
    NEEDED,
    OPTIONAL,
    Refusal,
    allowed,
    check_locations,
    check_makers,
    facts_of,
)
from infra.packaging import templates
from infra.packaging.layer import RESOURCES
from infra.services import INFRA, app_folders
from infra.terminal import in_a_sentence
from shared.identity.authorizer import COGNITO_CLAIMS

ABROAD = "https://dynamodb.eu-central-1.amazonaws.com"
HOME = "https://docapi.serverless.yandexcloud.net/ru-central1/b1g/etn"
WHOLE = {
    "CodeBucket": "code",
    "DomainName": "api.example.org",
    "CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1",
    "PublicUrl": "https://example.org",
}


def _stage(folder: Path, facts: dict[str, str]) -> Path:
    (folder / "test.toml").write_text("".join(f'{k} = "{v}"\n' for k, v in facts.items()))
    return folder


def test_personal_data_may_go_where_the_law_allows_it() -> None:
    check_locations([HOME, "http://127.0.0.1:8701"], [])


@pytest.mark.parametrize("acknowledged", ["", "yes", "dynamodb.us-east-1.amazonaws.com"])
def test_personal_data_goes_nowhere_else_unless_that_very_place_is_acknowledged(
    acknowledged: str,
) -> None:
    with pytest.raises(Refusal, match=r"--personal-data-abroad dynamodb\.eu-central-1"):
        check_locations([ABROAD], [acknowledged])
    check_locations([ABROAD], ["dynamodb.eu-central-1.amazonaws.com"])


def test_rows_at_home_do_not_make_a_place_of_files_abroad_allowed() -> None:
    files = "https://s3.eu-central-1.amazonaws.com"
    with pytest.raises(Refusal, match=r'at s3\.eu-central-1.*ABROAD="s3\.eu-central-1\S*"'):
        check_locations([HOME, files], ["dynamodb.eu-central-1.amazonaws.com"])
    with pytest.raises(Refusal, match=r'ABROAD="dynamodb\S* s3\S*"'):
        check_locations([ABROAD, files], ["dynamodb.eu-central-1.amazonaws.com"])


def test_an_endpoint_at_home_does_not_hide_where_cloudformation_makes_tables() -> None:
    """Set for the command alone it let a stage be made abroad, unasked: functions have no such."""
    abroad = "https://cloudformation.eu-central-1.amazonaws.com"
    home = "https://cloudformation.serverless.yandexcloud.net"
    for endpoints in ([HOME, HOME], [HOME, ABROAD], [ABROAD, HOME]):
        with pytest.raises(Refusal, match=r"made by cloudformation\.eu-central-1\.amazonaws\.com"):
            check_makers(abroad, endpoints)
        check_makers(home, endpoints)
    check_makers(abroad, [ABROAD, ABROAD])


def test_a_place_that_only_ends_alike_is_not_allowed() -> None:
    assert not allowed("notyandexcloud.net")
    assert not allowed("yandexcloud.net.example.org")


def test_a_stage_says_everything_its_templates_need(tmp_path: Path) -> None:
    assert facts_of("test", _stage(tmp_path, WHOLE))["Stage"] == "test"
    for name in WHOLE:
        rest = {key: value for key, value in WHOLE.items() if key != name}
        with pytest.raises(Refusal, match=name):
            facts_of("test", _stage(tmp_path, rest))


@pytest.mark.parametrize("misspelt", ["AlarmMail", "alarmEmail", "Log", "KeyArn", "Stage"])
def test_a_name_that_a_stage_cannot_say_is_refused(tmp_path: Path, misspelt: str) -> None:
    with pytest.raises(Refusal, match=rf"test\.toml says {misspelt}, .*AlarmEmail"):
        facts_of("test", _stage(tmp_path, WHOLE | {misspelt: "1"}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LogRetentionDays", "100"),
        ("RouteMetrics", "true"),
        ("SignInCodesAnHour", "many"),
        ("ApiConcurrency", "ten"),
        ("AllowedOrigins", "*"),
        ("ChannelSecrets", "ryadom/test/channels"),
        ("PublicUrl", "https://example.org/"),
        ("PublicUrl", "https://example.org/#"),  # Cognito leads nobody back to such a place
        ("DomainName", "https://api.example.org"),
        ("CertificateArn", "arn:aws:iam::123456789012:server-certificate/1"),
        ("LocalCallbackUrl", "http://example.org/signed-in"),
        ("AlarmEmail", "duty"),
        ("ApiConcurrency", "0"),
        ("ConsumerConcurrency", "9"),
        ("ChannelRoots", "ryadom/test/roots"),
        ("TelephonySecrets", "ryadom/test/telephony"),
        ("SmsPartKopecks", "4.50"),
        ("SignInCodesAnHour", "0"),
        ("StrangerMessagesAnHour", "0"),
        ("RequestsFromAnAddress", "9"),
    ],
)
def test_a_value_that_a_template_would_refuse_is_told_before_anything_is_built(
    tmp_path: Path, name: str, value: str
) -> None:
    said = rf"test\.toml says {name} = {re.escape(value)}, which does not fit: ..+"
    with pytest.raises(Refusal, match=said):
        facts_of("test", _stage(tmp_path, WHOLE | {name: value}))


def test_a_value_that_does_not_fit_is_told_with_what_would(tmp_path: Path) -> None:
    for name, value, fits in (
        ("DomainName", "https://api.example.org", "host of all APIs."),
        ("RouteMetrics", "true", "yes, no."),
    ):
        with pytest.raises(Refusal, match=f"does not fit: {fits}$"):
            facts_of("test", _stage(tmp_path, WHOLE | {name: value}))


@pytest.mark.parametrize(
    ("name", "value"), [("SignInCodesAnHour", "1"), ("RequestsFromAnAddress", "10")]
)
def test_the_least_that_a_template_takes_is_taken(tmp_path: Path, name: str, value: str) -> None:
    assert facts_of("test", _stage(tmp_path, WHOLE | {name: value}))[name] == value


@pytest.mark.parametrize("said", ['AlarmEmail = ["duty@example.org"]', 'CodeBucket.eu = "code"'])
def test_a_stage_says_each_thing_once(tmp_path: Path, said: str) -> None:
    name = re.split("[ .]", said)[0]
    rest = {key: value for key, value in WHOLE.items() if key != name}
    path = _stage(tmp_path, rest) / "test.toml"
    path.write_text(f"{path.read_text()}{said}\n")
    with pytest.raises(Refusal, match=rf"test\.toml says {name} as a list or table"):
        facts_of("test", tmp_path)


def test_people_come_back_from_the_login_page_by_https_alone(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="PublicUrl without https"):
        facts_of("test", _stage(tmp_path, WHOLE | {"PublicUrl": "http://example.org"}))


ISSUER = {
    "Issuer": "https://id.example.org",
    "JwksUrl": "https://id.example.org/keys",
    "Audience": "ryadom",
}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (ISSUER | {"JwksUrl": ""}, "does not say JwksUrl: nobody"),
        ({"Issuer": ISSUER["Issuer"]}, "does not say JwksUrl and Audience"),
        ({"Audience": "ryadom"}, "does not say Issuer and JwksUrl"),
        (ISSUER | {"JwksUrl": "http://id.example.org/keys"}, "JwksUrl without https"),
        (ISSUER | {"Claims": "roles"}, "says Claims"),
        (ISSUER | {"Claims": "['roles']".replace("'", '\\"')}, "says Claims"),
        (ISSUER | {"Claims": r"{\"role\": \"groups\"}"}, "says Claims.* roles, "),
        (ISSUER | {"Claims": r"{\"roles\": [1]}"}, "says Claims"),
    ],
)
def test_an_issuer_whose_people_could_not_log_in_is_refused(
    tmp_path: Path, said: dict[str, str], why: str
) -> None:
    whole = ISSUER | {"Claims": r"{\"roles\": \"realm.groups\"}"}
    every = ISSUER | {"Claims": json.dumps(COGNITO_CLAIMS).replace('"', r"\"")}
    for good in (whole, every):
        assert facts_of("test", _stage(tmp_path, WHOLE | good))["Audience"] == "ryadom"
    with pytest.raises(Refusal, match=why):
        facts_of("test", _stage(tmp_path, WHOLE | said))


def test_the_certificate_is_of_the_region_of_the_stage() -> None:
    account_checks.check_certificate(WHOLE["CertificateArn"], "eu-central-1", "123456789012")
    with pytest.raises(Refusal, match="not in eu-west-1"):
        account_checks.check_certificate(WHOLE["CertificateArn"], "eu-west-1", "123456789012")


def test_a_file_may_begin_as_editors_on_windows_save_it(tmp_path: Path) -> None:
    """It was refused at its first line, where nothing is to be seen."""
    path = _stage(tmp_path, WHOLE) / "test.toml"
    path.write_text(path.read_text("utf-8"), "utf-8-sig")
    assert facts_of("test", tmp_path)["CodeBucket"] == WHOLE["CodeBucket"]


@pytest.mark.parametrize(
    "text", [b"DomainName = api.example.org", "PublicUrl = «»".encode("cp1251")]
)
def test_a_file_that_cannot_be_read_is_told_by_its_name(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "test.toml").write_bytes(text)
    with pytest.raises(Refusal, match=r"test\.toml: "):
        facts_of("test", tmp_path)


def test_the_file_that_the_readme_shows_is_taken_and_names_all_a_stage_may_say(
    tmp_path: Path,
) -> None:
    readme = (INFRA / "stages" / "README.md").read_text("utf-8")
    shown = readme.partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "test.toml").write_text(re.sub(r"(?m)^# (?=\w+ = )", "", shown), "utf-8")
    facts = facts_of("test", tmp_path)
    stacks = [templates.stack(name) for name in ("platform", *app_folders())]
    asked = {name for stack in stacks for name in stack["Parameters"]}
    for name in NEEDED + OPTIONAL:
        assert name in asked
        assert name in facts or re.search(rf"(?m)^# [^=]*\b{name}\b[^=]*:", shown), name


# What the deploy itself says, and what only the local platform is told.
OF_THE_DEPLOY = {"CodeKey", "PeopleKeyArn", "Protect", "RootKey", "Service", "Stage"}
LOCAL_ONLY = {"ClockFile", "LocalEndpoint"}


def test_a_stage_may_say_whatever_its_templates_ask_of_it() -> None:
    """One that no stage may say keeps its default for ever, and what hangs on it is never seen."""
    stacks = {name: templates.stack(name) for name in ("platform", *app_folders())}
    asked = {each for stack in stacks.values() for each in stack["Parameters"]}
    told = {output_name(name, each) for name in stacks for each in stacks[name].get("Outputs", ())}
    layers = {f"{group}{fact}" for group in RESOURCES.values() for fact in ("Key", "Hash")}

    of_stage = asked - told - layers - OF_THE_DEPLOY - LOCAL_ONLY
    assert {*NEEDED, *OPTIONAL} == of_stage | {"DomainName", "Issuer"}  # which the platform repeats


def test_a_deployed_stage_cannot_move_its_clock(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="usiness time"):
        facts_of("test", _stage(tmp_path, WHOLE | {"ClockFile": "/tmp/clock"}))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("local", "another name"),
        ("unknown", "is missing"),
        ("Test", "small letters"),
        ("a-very-long-name", "2 to 12"),
        ("aws-test", "small letters"),
        ("x", "2 to 12"),
        ("../test", "small letters"),
    ],
)
def test_a_stage_has_a_name_that_its_resources_can_have(
    tmp_path: Path, name: str, why: str
) -> None:
    with pytest.raises(Refusal, match=why):
        facts_of(name, tmp_path)


class _Gateway:
    meta = SimpleNamespace(region_name="eu-central-1")

    def __init__(self, role: str | None) -> None:
        self.role = role

    def get_account(self) -> dict[str, str]:
        return {} if self.role is None else {"cloudwatchRoleArn": self.role}


def test_an_account_that_may_not_log_is_told_the_one_command() -> None:
    account_checks.check_account(_Gateway("arn:role"))
    with pytest.raises(Refusal, match=r"python -m infra\.deploy --account-setup"):
        account_checks.check_account(_Gateway(None))


def test_nothing_is_built_for_a_place_or_an_account_that_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def built(**_: Any) -> None:
        raise AssertionError("built")

    monkeypatch.setattr(deploy, "facts_of", lambda stage: WHOLE | {"Stage": stage})
    monkeypatch.setattr(deploy, "read_stage", lambda stage: None)
    monkeypatch.setattr(deploy, "package", built)
    places = (
        (ABROAD, HOME, HOME, "arn:role", "152-FZ"),
        (HOME, ABROAD, HOME, "arn:role", "152-FZ"),
        (HOME, HOME, ABROAD, "arn:role", "would be made by"),
        (HOME, HOME, HOME, None, "--account-setup"),
    )
    for rows, files, maker, role, why in places:
        clients: dict[str, Any] = {"dynamodb": _client_of(rows), "s3": _client_of(files)}
        clients["cloudformation"] = _client_of(maker)
        clients["apigateway"] = _Gateway(role)
        clients["sts"] = SimpleNamespace(get_caller_identity=lambda: {"Account": "123456789012"})
        with pytest.raises(Refusal, match=why):
            deploy.deploy(clients.__getitem__, "test", [], deploy.ask, deploy.ask_for_data)


def _client_of(endpoint: str) -> Any:
    return SimpleNamespace(meta=SimpleNamespace(endpoint_url=endpoint))


# what is shown and asked ----------------------------------------------------------------------

PLAN = Plan(
    "ryadom-test-intake",
    False,
    "arn:change-set",
    [
        Change("Modify", "APIHandler", "AWS::Lambda::Function", "False"),
        Change("Modify", "DataTable", "AWS::DynamoDB::Table", "True"),
        Change("Remove", "Queue", "AWS::SQS::Queue", ""),
    ],
)


@pytest.mark.parametrize(
    ("typed", "agreed"), [("y", True), ("Yes", True), ("", False), ("n", False)]
)
def test_a_plan_is_shown_and_only_a_yes_is_a_yes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, agreed: bool
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: typed)
    assert deploy.ask([PLAN]) is agreed
    shown = capsys.readouterr().out
    assert shown.startswith("\nryadom-test-intake: changes\n")
    lines = [line.split() for line in shown.splitlines() if line.startswith("  ")]
    assert lines == [
        ["Modify", "DataTable", "AWS::DynamoDB::Table", "REPLACED"],
        ["Remove", "Queue", "AWS::SQS::Queue"],
        ["Modify", "APIHandler", "AWS::Lambda::Function"],
    ]


@pytest.mark.parametrize("way", [EOFError, KeyboardInterrupt])
def test_where_nobody_sits_or_stays_the_answer_is_no_unless_yes_was_said_before(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    way: type[BaseException],
) -> None:
    def ended(_: str) -> str:
        raise way

    monkeypatch.setattr("builtins.input", ended)
    assert not deploy.ask([PLAN])
    assert deploy.agree_unasked([PLAN])
    assert "DataTable" in capsys.readouterr().out


def test_a_command_that_is_broken_off_says_that_it_may_be_run_again() -> None:
    with pytest.raises(SystemExit, match="run this again"), in_a_sentence(Refusal):
        raise KeyboardInterrupt
    with pytest.raises(SystemExit, match=r"^no$"), in_a_sentence(Refusal):
        raise Refusal("no")


# who hears the alarms -------------------------------------------------------------------------


class _Topic:
    """Answers with one list of subscriptions after the other, the last one for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    def get_paginator(self, _: str) -> "_Topic":
        return self

    def paginate(self, TopicArn: str) -> list[dict[str, Any]]:
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [{"Subscriptions": [{"SubscriptionArn": arn} for arn in found]}]


def test_a_stage_is_ready_only_when_its_alarms_reach_somebody() -> None:
    deploy.check_alarms(_Topic(["arn:confirmed"]), "arn:topic")
    with pytest.raises(Refusal, match="NOT READY: its alarm address is unconfirmed"):
        deploy.check_alarms(_Topic(["arn:confirmed", "PendingConfirmation"]), "arn:topic")
    for nobody in ([], ["Deleted"]):
        with pytest.raises(Refusal, match=r"NOT READY: nobody hears .*--topic-arn arn:topic "):
            deploy.check_alarms(_Topic(nobody), "arn:topic")


def test_it_waits_for_the_confirmation_when_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = list[float]()
    monkeypatch.setattr("infra.deploy.time.sleep", pauses.append)
    later = _Topic(["PendingConfirmation"], ["PendingConfirmation"], ["arn:confirmed"])
    deploy.check_alarms(later, "arn:topic", patience=60, pause=7)
    assert pauses == [7, 7]
    never = _Topic(["PendingConfirmation"])
    with pytest.raises(Refusal, match="unconfirmed"):
        deploy.check_alarms(never, "arn:topic", patience=0.01, pause=0)


def test_the_command_fails_while_nobody_hears_the_stage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["deploy", "test", "--yes"])
    facts = {"AlarmTopicArn": "arn:topic", "DomainName": "api.example.org"}
    facts["DomainTarget"] = "d-1.execute-api.eu-central-1.amazonaws.com"
    monkeypatch.setattr(deploy, "deploy", lambda *asked, **more: facts)
    topic = _Topic(["PendingConfirmation"])
    monkeypatch.setattr(deploy, "_clients", lambda: lambda service: topic)
    with pytest.raises(SystemExit, match="NOT READY"):
        deploy.main()
    told = capsys.readouterr().out
    assert "api.example.org must be a CNAME of d-1.execute-api.eu-central-1" in told
    assert "Ready" not in told
    topic.answers = [["arn:confirmed"]]
    deploy.main()
    assert "Ready: https://api.example.org/" in capsys.readouterr().out
