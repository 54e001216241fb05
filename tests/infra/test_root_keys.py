"""Every service has a root key of its own, and none is written over or used by another stage."""

import json
from base64 import b64encode
from pathlib import Path
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from infra.deployment.deployer import Deployer
from infra.deployment.stack_failures import DeployFailed
from tests.infra.deploy_account import Account, deployer_in, toy_package, toy_template


def test_every_service_has_a_root_key_of_its_own_and_the_till_that_of_cards(
    account: Account, tmp_path: Path
) -> None:
    made = toy_package(tmp_path)
    signing = toy_template({}, "RootKey", "PeopleKeyArn")
    (tmp_path / "cards.json").write_text(json.dumps(signing))
    told = account.facts | {"CardsPeopleKeyArn": "arn:people", "TillPeopleKeyArn": ""}
    facts = deployer_in(account, []).deploy(made, told)
    assert facts["CardsRootKey"] and facts["CardsRootKey"] == facts["TillRootKey"]
    assert facts["CardsPeopleKeyArn"] == "arn:people"
    kept = account("ssm").describe_parameters()["Parameters"]
    assert [each["Name"] for each in kept] == ["/ryadom-test/cards/root-key"]
    assert facts["Protect"] == "no"


def _wrapped_by(key: str, account: Account) -> str:
    made = account("kms").generate_data_key_without_plaintext(
        KeyId=key, NumberOfBytes=32, EncryptionContext={"service": "cards"}
    )
    return b64encode(made["CiphertextBlob"]).decode()


def test_a_root_key_of_a_former_stage_is_refused_before_anything_uses_it(
    account: Account, tmp_path: Path
) -> None:
    """Each function would answer 503 to whatever needs a secret, on a stage that says «Ready»."""
    other = account("kms").create_key()["KeyMetadata"]["Arn"]
    name = "/ryadom-test/cards/root-key"
    for kept in (_wrapped_by(other, account), "no base64!", "cut"):
        account("ssm").put_parameter(Name=name, Value=kept, Type="String", Overwrite=True)
        with pytest.raises(DeployFailed, match=f"root key {name} was not wrapped by"):
            deployer_in(account, [], protect=True).deploy(toy_package(tmp_path), account.facts)
        assert "ryadom-test-cards" not in account.cloudformation.stacks
        assert account("ssm").get_parameter(Name=name)["Parameter"]["Value"] == kept


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ("IncorrectKeyException", "was not wrapped"),
        ("InvalidCiphertextException", "was not wrapped"),
        ("KMSInvalidStateException", "cancel-key-deletion --key-id arn:"),
        ("DisabledException", "enable-key --key-id arn:"),
        ("NotFoundException", "opens nothing that is kept"),
        ("AccessDeniedException", None),
        ("ThrottlingException", None),
    ],
)
def test_who_may_not_ask_whether_a_root_key_opens_deploys_all_the_same(
    account: Account, tmp_path: Path, code: str, refused: str | None
) -> None:
    """A key that waited for its deletion was deployed upon, and the stage was said to be ready."""
    key = account.facts["Arn"]
    account("ssm").put_parameter(
        Name="/ryadom-test/cards/root-key", Value=_wrapped_by(key, account), Type="String"
    )
    error = ClientError({"Error": {"Code": code}}, "ReEncrypt")
    account.clients["kms"].re_encrypt = Mock(side_effect=error)
    deployer = deployer_in(account, [], protect=True)
    if refused:
        with pytest.raises(DeployFailed, match=refused):
            deployer.deploy(toy_package(tmp_path), account.facts)
    else:
        assert deployer.deploy(toy_package(tmp_path), account.facts)["CardsProtect"] == "yes"
    asked = account.clients["kms"].re_encrypt.call_args.kwargs
    assert {asked["SourceKeyId"], asked["DestinationKeyId"]} == {key}
    of_service = {"service": "cards"}
    assert asked["SourceEncryptionContext"] == asked["DestinationEncryptionContext"] == of_service


def test_a_root_key_is_never_written_over(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two first deploys at once both find none, and rows of the one that was first are kept.

    In AWS's own words the way on was «to overwrite this value», with all that is sealed under it.
    """
    deployer_in(account, []).deploy(toy_package(tmp_path), account.facts)
    monkeypatch.setattr(Deployer, "_kept_root_key", lambda *_: None)
    with pytest.raises(DeployFailed, match=r"cards/root-key,.* never written over: deploy again"):
        deployer_in(account, []).deploy(toy_package(tmp_path), account.facts)
