"""A deploy to a cloud says no before it touches anything."""

from pathlib import Path

import pytest

from infra import deploy

ABROAD = "https://dynamodb.eu-central-1.amazonaws.com"
HOME = "https://docapi.serverless.yandexcloud.net/ru-central1/b1g/etn"
WHOLE = {
    "CodeBucket": "code",
    "DomainName": "api.example.org",
    "CertificateArn": "arn:aws:acm:eu-central-1:1:certificate/1",
    "MessageGatewayUrl": "https://carrier.example.org",
    "PublicUrl": "https://example.org",
}


def _stage(folder: Path, facts: dict[str, str]) -> Path:
    (folder / "test.toml").write_text("".join(f'{k} = "{v}"\n' for k, v in facts.items()))
    return folder


def test_personal_data_may_go_where_the_law_allows_it() -> None:
    deploy.check_location(HOME, None)
    deploy.check_location("http://127.0.0.1:8701", None)


@pytest.mark.parametrize("acknowledged", [None, "yes", "dynamodb.us-east-1.amazonaws.com"])
def test_personal_data_goes_nowhere_else_unless_that_very_place_is_acknowledged(
    acknowledged: str | None,
) -> None:
    with pytest.raises(deploy.Refusal, match=r"--personal-data-abroad dynamodb\.eu-central-1"):
        deploy.check_location(ABROAD, acknowledged)
    deploy.check_location(ABROAD, "dynamodb.eu-central-1.amazonaws.com")


def test_a_place_that_only_ends_alike_is_not_allowed() -> None:
    assert not deploy.allowed("notyandexcloud.net")
    assert not deploy.allowed("yandexcloud.net.example.org")


def test_a_stage_says_everything_its_templates_need(tmp_path: Path) -> None:
    assert deploy.facts_of("test", _stage(tmp_path, WHOLE))["Stage"] == "test"
    for name in WHOLE:
        rest = {key: value for key, value in WHOLE.items() if key != name}
        with pytest.raises(deploy.Refusal, match=name):
            deploy.facts_of("test", _stage(tmp_path, rest))


def test_a_deployed_stage_cannot_move_its_clock_or_be_called_local(tmp_path: Path) -> None:
    with pytest.raises(deploy.Refusal, match="Business time"):
        deploy.facts_of("test", _stage(tmp_path, WHOLE | {"ClockFile": "/tmp/clock"}))
    with pytest.raises(deploy.Refusal, match="another name"):
        deploy.facts_of("local", tmp_path)
    with pytest.raises(deploy.Refusal, match="is missing"):
        deploy.facts_of("unknown", tmp_path)
