"""What the file of a stage says is refused before anything is touched where it does not fit."""

import json
import re
from pathlib import Path

import pytest

from infra.configuration.regions import Unfit
from infra.deployment.deployer import output_name
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
from shared.identity.authorizer import COGNITO_CLAIMS
from tests.infra.deploy_account import ABROAD, HOME, WHOLE


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
    with pytest.raises(Unfit, match=r"test\.toml: "):
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
