"""An account and region that cannot take a stage are refused before anything is built."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from botocore.exceptions import ClientError

from infra import deploy
from infra.deployment import account_checks
from infra.deployment.stage_facts import Refusal
from tests.infra.deploy_account import (
    ABROAD,
    ACKNOWLEDGED,
    HOME,
    REGION,
    WHOLE,
    Account,
    identity_of,
)


def test_the_certificate_is_of_the_region_of_the_stage() -> None:
    account_checks.check_certificate(WHOLE["CertificateArn"], "eu-central-1", "123456789012")
    with pytest.raises(Refusal, match="not in eu-west-1"):
        account_checks.check_certificate(WHOLE["CertificateArn"], "eu-west-1", "123456789012")


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


def test_a_bucket_of_another_account_is_not_said_to_be_missing() -> None:
    s3 = Mock(**{"head_bucket.side_effect": ClientError({"Error": {"Code": "403"}}, "HeadBucket")})
    with pytest.raises(Refusal, match="CodeBucket theirs cannot be read"):
        account_checks.check_bucket(s3, "theirs")


def test_the_command_refuses_a_certificate_of_another_region_before_it_builds(
    account: Account, command: dict[str, Any]
) -> None:
    account("apigateway").meta.region_name = "eu-west-1"
    with pytest.raises(SystemExit, match="not in eu-west-1"):
        deploy.main()
    command["package"].assert_not_called()


def test_a_profile_of_another_account_is_told_before_anything_is_asked_of_that_account(
    account: Account, command: dict[str, Any]
) -> None:
    """It was told to set that account up for stages, and to make a bucket there."""
    account.clients["sts"] = identity_of("210987654321")
    account("apigateway").get_account.return_value = {}
    with pytest.raises(SystemExit, match=r"the account 123456789012, and AWS_PROFILE .* 2109876"):
        deploy.main()
    command["package"].assert_not_called()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"SubjectAlternativeNames": ["example.org", "*.example.org"]}, None),
        ({"SubjectAlternativeNames": ["example.org", "*.api.example.org"]}, "and not of api.ex"),
        ({"Status": "PENDING_VALIDATION"}, "is PENDING_VALIDATION and not ISSUED"),
        ("ResourceNotFoundException", "none of this account"),
        ("AccessDeniedException", None),
        ("ValidationException", "ValidationException"),
    ],
)
def test_a_certificate_that_the_host_could_not_show_is_refused_before_anything_is_built(
    account: Account, command: dict[str, Any], answer: dict[str, Any] | str, why: str | None
) -> None:
    """The platform would be made for minutes, and undone."""
    asked = account("acm").describe_certificate
    if isinstance(answer, str):
        asked.side_effect = ClientError({"Error": {"Code": answer}}, "DescribeCertificate")
    else:
        asked.return_value["Certificate"] |= answer
    if why is None:
        deploy.main()
        asked.assert_called_once_with(CertificateArn=WHOLE["CertificateArn"])
        return
    with pytest.raises(SystemExit, match=why):
        deploy.main()
    command["package"].assert_not_called()


@pytest.mark.parametrize(
    ("bucket", "region", "why"),
    [
        ("none", REGION, rf"none does not exist\. Make .* --region {REGION}$"),
        ("code", "eu-west-1", f"code is in {REGION}, and the stage would be in eu-west-1"),
    ],
)
def test_a_bucket_that_cloudformation_could_not_read_is_told_before_a_build(
    account: Account,
    command: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    bucket: str,
    region: str,
    why: str,
) -> None:
    account.clients["s3"] = boto3.client("s3", region_name=region)
    account("apigateway").meta.region_name = REGION
    facts = command["facts_of"]("test") | {"CodeBucket": bucket}
    command["facts_of"].side_effect = lambda _: facts
    abroad = f"--personal-data-abroad=s3.{region}.amazonaws.com"
    monkeypatch.setattr("sys.argv", ["deploy", "test", *ACKNOWLEDGED, abroad])
    with pytest.raises(SystemExit, match=why):
        deploy.main()
    command["package"].assert_not_called()
