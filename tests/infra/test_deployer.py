"""A stage is made in its order, protected once it stands, and unchanged by a second deploy."""

import json
import re
import signal
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Timer, main_thread
from types import FrameType, SimpleNamespace
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra import cloud, deploy, reference
from infra.change_sets import DeployFailed, Plan
from infra.deployer import Deployer
from infra.layer import Layer
from infra.package import Package, Stack
from infra.runtime import LOCAL, of_stage
from infra.stage_facts import Refusal
from tests.infra.fake_cloudformation import FakeCloudFormation

REGION = "eu-central-1"


def _template(outputs: dict[str, Any], *more: str) -> dict[str, Any]:
    asked = ("Stage", "Arn", "Protect", "CodeKey", *more)
    told = {name: {"Value": {"Ref": name}} for name in ("Protect", *more)}
    return {
        "Parameters": {name: {"Type": "String"} for name in (*asked, "LeftToItsDefault")},
        "Resources": {"Some": {"Type": "T"}},
        "Outputs": outputs | told,
    }


def _package(folder: Path, code: str = "code") -> Package:
    # The key's ARN stands in as a parameter, since no resource is really made.
    key = {"KeyArn": {"Value": {"Ref": "Arn"}}}
    services = {name: _template({}, "RootKey") for name in ("cards", "till")}
    templates = {"platform": _template(key)} | services
    stacks = []
    for name, template in templates.items():
        (folder / f"{name}.json").write_text(json.dumps(template))
        (folder / f"{name}.zip").write_text(code)
        stacks.append(Stack(name, folder / f"{name}.json", folder / f"{name}.zip", code))
    return Package(tuple(stacks), {}, LOCAL)


class Account:
    """A toy CloudFormation beside what moto has."""

    def __init__(self) -> None:
        self.clients = {
            name: boto3.client(name, region_name=REGION)
            for name in ("s3", "ssm", "kms", "dynamodb")
        }
        where = {"LocationConstraint": REGION}
        self.clients["s3"].create_bucket(Bucket="code", CreateBucketConfiguration=where)
        key = self.clients["kms"].create_key()["KeyMetadata"]["Arn"]
        self.facts = {"Stage": "test", "Arn": key}
        self.cloudformation = FakeCloudFormation(self._template)

    def __call__(self, service: str) -> Any:
        return self.cloudformation if service == "cloudformation" else self.clients[service]

    def _template(self, url: str) -> str:
        key = url.partition("/code/")[2]
        body = self.clients["s3"].get_object(Bucket="code", Key=key)["Body"].read()
        return str(body.decode())


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield Account()


def _deployer(account: Account, said: list[str], **more: Any) -> Deployer:
    return Deployer(account, "code", said.append, "ryadom-test", pause=0, **more)


def test_a_stage_is_protected_by_a_second_change_and_not_while_it_is_made(
    account: Account, tmp_path: Path
) -> None:
    seen: list[tuple[str, bool]] = []

    def agree(plans: Sequence[Plan]) -> bool:
        seen.extend((plan.stack, plan.creates) for plan in plans)
        return True

    said: list[str] = []
    facts = _deployer(account, said, protect=True, agree=agree).deploy(
        _package(tmp_path), account.facts
    )
    assert seen == [(f"ryadom-test-{name}", True) for name in ("platform", "cards", "till")]
    assert said[:2] == ["  ryadom-test-platform created", "  ryadom-test-platform updated"]
    assert facts["Protect"] == facts["CardsProtect"] == facts["TillProtect"] == "yes"
    made = [(kind, values["Protect"]) for _, kind, values in account.cloudformation.history]
    assert made == [("CREATE", "no"), ("UPDATE", "yes")] * 3
    for stack in account.cloudformation.stacks.values():
        assert stack["EnableTerminationProtection"] is True


def test_a_table_that_a_later_release_adds_is_not_protected_while_it_is_made(
    account: Account, tmp_path: Path
) -> None:
    made = _package(tmp_path)
    _deployer(account, [], protect=True).deploy(made, account.facts)
    account.cloudformation.history.clear()
    template = _template({}, "RootKey")
    template["Resources"] |= {"New": {"Type": "AWS::DynamoDB::Table"}}
    (tmp_path / "cards.json").write_text(json.dumps(template))

    facts = _deployer(account, [], protect=True).deploy(made, account.facts)
    changed = [(name, told["Protect"]) for name, _, told in account.cloudformation.history]
    assert changed == [("ryadom-test-cards", "no"), ("ryadom-test-cards", "yes")]
    assert facts["CardsProtect"] == "yes"
    assert not account.cloudformation.change_sets


def test_every_service_has_a_root_key_of_its_own_and_the_till_that_of_cards(
    account: Account, tmp_path: Path
) -> None:
    made = _package(tmp_path)
    signing = _template({}, "RootKey", "PeopleKeyArn")
    (tmp_path / "cards.json").write_text(json.dumps(signing))
    told = account.facts | {"CardsPeopleKeyArn": "arn:people", "TillPeopleKeyArn": ""}
    facts = _deployer(account, []).deploy(made, told)
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
            _deployer(account, [], protect=True).deploy(_package(tmp_path), account.facts)
        assert "ryadom-test-cards" not in account.cloudformation.stacks
        assert account("ssm").get_parameter(Name=name)["Parameter"]["Value"] == kept


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ("IncorrectKeyException", True),
        ("InvalidCiphertextException", True),
        ("AccessDeniedException", False),
        ("ThrottlingException", False),
    ],
)
def test_who_may_not_ask_whether_a_root_key_opens_deploys_all_the_same(
    account: Account, tmp_path: Path, code: str, refused: bool
) -> None:
    key = account.facts["Arn"]
    account("ssm").put_parameter(
        Name="/ryadom-test/cards/root-key", Value=_wrapped_by(key, account), Type="String"
    )
    error = ClientError({"Error": {"Code": code}}, "ReEncrypt")
    account.clients["kms"].re_encrypt = Mock(side_effect=error)
    deployer = _deployer(account, [], protect=True)
    if refused:
        with pytest.raises(DeployFailed, match="was not wrapped"):
            deployer.deploy(_package(tmp_path), account.facts)
    else:
        assert deployer.deploy(_package(tmp_path), account.facts)["CardsProtect"] == "yes"
    asked = account.clients["kms"].re_encrypt.call_args.kwargs
    assert {asked["SourceKeyId"], asked["DestinationKeyId"]} == {key}
    of_service = {"service": "cards"}
    assert asked["SourceEncryptionContext"] == asked["DestinationEncryptionContext"] == of_service


def test_a_root_key_is_never_written_over(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two first deploys at once both find none, and rows of the one that was first are kept."""
    _deployer(account, []).deploy(_package(tmp_path), account.facts)
    monkeypatch.setattr(Deployer, "_kept_root_key", lambda *_: None)
    with pytest.raises(ClientError, match="ParameterAlreadyExists"):
        _deployer(account, []).deploy(_package(tmp_path), account.facts)


def test_a_second_deploy_of_the_same_changes_nothing_and_asks_nobody(
    account: Account, tmp_path: Path
) -> None:
    made = _package(tmp_path)
    _deployer(account, [], protect=True).deploy(made, account.facts)

    def nobody(plans: Sequence[Plan]) -> bool:
        raise AssertionError("asked about nothing")

    said: list[str] = []
    _deployer(account, said, protect=True, agree=nobody).deploy(made, account.facts)
    assert sorted(said) == [
        f"  ryadom-test-{name} unchanged" for name in ("cards", "platform", "till")
    ]


def test_what_the_stacks_name_lies_in_the_bucket_and_is_sent_once(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _package(tmp_path)
    (tmp_path / "layer.zip").write_text("libraries")
    made.layers["common"] = Layer("common", tmp_path, tmp_path / "layer.zip", "hash")
    platform = _template({"KeyArn": {"Value": {"Ref": "Arn"}}}, "LayerKey", "LayerHash")
    (tmp_path / "platform.json").write_text(json.dumps(platform))

    facts = _deployer(account, []).deploy(made, account.facts)
    listed = account("s3").list_objects_v2(Bucket="code")["Contents"]
    kept = {each["Key"] for each in listed if not each["Key"].startswith("templates/")}
    codes = {told["CodeKey"] for _, _, told in account.cloudformation.history}
    assert kept == {facts["LayerKey"], *codes} and len(codes) == 3
    assert facts["LayerHash"] == "hash"

    sent = Mock(wraps=account("s3").put_object)
    monkeypatch.setattr(account("s3"), "put_object", sent)
    again = _deployer(account, []).deploy(made, account.facts)
    assert [each for each in sent.call_args_list if each[1]["Key"] in kept] == []
    assert again["CardsProtect"] == "no", "only a deploy that protects protects"


def test_a_deploy_that_is_not_agreed_to_leaves_nothing_behind(
    account: Account, tmp_path: Path
) -> None:
    refusing = _deployer(account, [], agree=lambda plans: False)
    with pytest.raises(DeployFailed, match="none of these changes"):
        refusing.deploy(_package(tmp_path), account.facts)
    assert not account.cloudformation.stacks


def test_a_deploy_that_was_broken_off_before_it_protected_goes_on(
    account: Account, tmp_path: Path
) -> None:
    _deployer(account, []).deploy(_package(tmp_path), account.facts)
    facts = _deployer(account, [], protect=True).deploy(_package(tmp_path), account.facts)
    assert facts["Protect"] == facts["CardsProtect"] == "yes"
    assert facts["CardsRootKey"]


def _one_wave(folder: Path) -> Package:
    """Two stacks that ask nothing of each other, made at once once the platform stands."""
    made = _package(folder)
    (folder / "intake.json").write_text(json.dumps(_template({}, "RootKey")))
    intake = Stack("intake", folder / "intake.json", folder / "cards.zip", "code")
    return Package((*made.stacks[:2], intake), {}, LOCAL)


def test_ctrl_c_ends_all_waiting_and_what_the_cloud_has_begun_is_no_obstacle(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table with its indexes takes twenty minutes, and each further Ctrl-C was without effect."""
    made, cloudformation = _one_wave(tmp_path), account.cloudformation
    deployer = Deployer(account, "code", lambda _: None, "ryadom-test", pause=2)
    execute, begun = cloudformation.execute_change_set, list[float]()

    def slow(ChangeSetName: str) -> None:
        execute(ChangeSetName)
        begun.append(time.monotonic())
        if len(begun) == 3:  # the platform, then both
            cloudformation.shown_first = ["CREATE_IN_PROGRESS"] * 4
            Timer(0.2, signal.pthread_kill, [main_thread().ident, signal.SIGINT]).start()

    monkeypatch.setattr(cloudformation, "execute_change_set", slow)
    # What runs in the background of a shell is deaf to Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            deployer.deploy(made, account.facts)
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - begun[-1] < 3  # it was four
    cloudformation.shown_first = []
    again = _deployer(account, []).deploy(made, account.facts)
    assert again["IntakeRootKey"] and again["CardsRootKey"]


def test_plans_beside_one_that_cannot_be_made_are_forgotten(
    account: Account, tmp_path: Path
) -> None:
    made = _one_wave(tmp_path)
    _deployer(account, []).deploy(made, account.facts)
    account.cloudformation.stacks["ryadom-test-intake"]["StackStatus"] = "UPDATE_ROLLBACK_FAILED"
    (tmp_path / "cards.json").write_text(json.dumps(_template({}, "RootKey", "Stage")))
    with pytest.raises(DeployFailed, match="ryadom-test-intake is UPDATE_ROLLBACK_FAILED"):
        _deployer(account, []).deploy(made, account.facts)
    assert not account.cloudformation.change_sets


def test_stacks_that_are_planned_at_the_same_moment_have_a_plan_each(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of four stacks one was carried out twice and another one never."""
    stacks = [Stack(f"s{n}", tmp_path / "t", tmp_path / "c", "code") for n in range(9)]
    deployer = _deployer(account, [])
    monkeypatch.setattr(
        deployer, "_first_plan", lambda stack, facts: Plan(stack.name, True, "made", ())
    )

    def rest_before_each_line(frame: FrameType, *_: Any) -> Any:
        time.sleep(0.002 * (frame.f_code.co_name == "plan"))
        return rest_before_each_line

    threading.settrace(rest_before_each_line)
    try:
        plans = deployer._plans(stacks, {})
    finally:
        threading.settrace(None)
    assert [plan.stack for plan in plans] == [stack.name for stack in stacks]


def test_a_release_that_changes_who_hears_what_says_which_events_may_have_been_missed(
    account: Account, command: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sender is deployed before its hearer's rule: what it sends meanwhile nobody gets."""
    sweep, rule = ({name: {"Type": "AWS::Events::Rule"}} for name in ("EveryMinute", "CardsRule"))
    releases: list[tuple[dict[str, Any], bool]] = [
        (rule, False),  # a new stack, which has heard nothing before
        (rule, False),  # no change
        (rule | sweep, True),
    ]
    for resources, missed in releases:
        template = _template({}, "RootKey")
        template["Resources"] = resources
        (tmp_path / "till.json").write_text(json.dumps(template))
        deploy.main()
        said = capsys.readouterr().out
        assert ("ryadom-test-till CardsRule may not" in said) is missed
    told = re.search(r"between (\S+)Z .*and (\S+)Z", said)
    assert told and told[1] <= told[2] and "docs/runbooks/dead-letters.md" in said


def test_every_stack_that_fails_is_named(account: Account, tmp_path: Path) -> None:
    made = _one_wave(tmp_path)
    _deployer(account, []).deploy(made, account.facts)
    for name in ("cards", "intake"):
        (tmp_path / f"{name}.json").write_text(json.dumps(_template({}, "RootKey", "Stage")))
    account.cloudformation.fails = True
    with pytest.raises(DeployFailed, match=r"(?s)test-cards is UPDATE_ROLL.*test-intake is UPDATE"):
        _deployer(account, []).deploy(made, account.facts)


def _table(*indexes: str) -> dict[str, Any]:
    key = [{"AttributeName": "pk", "KeyType": "HASH"}]
    made: dict[str, Any] = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": key,
    }
    if indexes:
        made["GlobalSecondaryIndexes"] = [
            {"IndexName": name, "KeySchema": key, "Projection": {"ProjectionType": "ALL"}}
            for name in indexes
        ]
    return made


@pytest.mark.parametrize(
    ("wanted", "refused"),
    [
        (("by_ref", "by_state"), ""),
        (("by_ref", "by_state", "by_due"), ""),
        (("by_ref",), ""),
        (("by_ref", "by_state", "by_due", "by_owner"), "by_due, by_owner"),
        (("by_ref", "by_due"), "by_due, by_state"),
    ],
)
def test_a_release_that_changes_two_indexes_of_a_table_is_refused_before_all(
    account: Account, tmp_path: Path, wanted: tuple[str, ...], refused: str
) -> None:
    made = _package(tmp_path)
    account("dynamodb").create_table(
        TableName="ryadom-test-cards-data", **_table("by_ref", "by_state")
    )
    template = _template({}, "RootKey")
    for name, indexes in (("data", wanted), ("new", ("a", "b"))):
        named = {"TableName": {"Fn::Sub": f"${{AWS::StackName}}-{name}"}}
        properties = named | _table(*indexes)
        template["Resources"][name] = {"Type": "AWS::DynamoDB::Table", "Properties": properties}
    (tmp_path / "cards.json").write_text(json.dumps(template))

    deployer = _deployer(account, [], protect=True)
    if not refused:
        assert deployer.deploy(made, account.facts)
        return
    with pytest.raises(DeployFailed, match=f"ryadom-test-cards-data: {refused} would be"):
        deployer.deploy(made, account.facts)
    assert not account.cloudformation.stacks


@pytest.mark.parametrize(
    "changed",
    [
        {"Projection": {"ProjectionType": "KEYS_ONLY"}},
        {"Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["doc"]}},
        {"KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}]},
    ],
)
def test_a_release_that_changes_an_index_in_its_place_is_refused_before_all(
    account: Account, tmp_path: Path, changed: dict[str, Any]
) -> None:
    """DynamoDB makes and drops indexes, and changes nothing of one but its capacity."""
    made = _package(tmp_path)
    account("dynamodb").create_table(TableName="ryadom-test-cards-data", **_table("by_ref"))
    template = _template({}, "RootKey")
    properties = {"TableName": {"Fn::Sub": "${AWS::StackName}-data"}} | _table("by_ref")
    properties["GlobalSecondaryIndexes"][0] |= changed
    template["Resources"]["data"] = {"Type": "AWS::DynamoDB::Table", "Properties": properties}
    (tmp_path / "cards.json").write_text(json.dumps(template))

    with pytest.raises(DeployFailed, match="ryadom-test-cards-data: by_ref would be changed"):
        _deployer(account, [], protect=True).deploy(made, account.facts)
    assert not account.cloudformation.stacks


# the command ----------------------------------------------------------------------------------

ABROAD = [f"--personal-data-abroad={each}.{REGION}.amazonaws.com" for each in ("dynamodb", "s3")]
OF_STAGE = {
    "CodeBucket": "code",
    "PythonRuntime": "python3.12",
    "DomainName": "api.example.org",
    "CertificateArn": f"arn:aws:acm:{REGION}:123456789012:certificate/1",
}
# What a real platform would tell.
TOLD = {
    "DomainTarget": "d-1.example.org",
    "AlarmTopicArn": "topic",
    "ReferenceTableName": "regions",
}


def _sts(account: str) -> Mock:
    return Mock(**{"get_caller_identity.return_value": {"Account": account}})


@pytest.fixture
def command(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """`python -m infra.deploy test` in that account: what it uses, and what is typed."""
    facts = account.facts | OF_STAGE | TOLD
    made: dict[str, Any] = {
        "facts_of": Mock(side_effect=lambda _: dict(facts)),
        "package": Mock(return_value=_package(tmp_path)),
        "read_stage": Mock(return_value="regions of the stage"),
        "read_code_lists": Mock(return_value="codes of the stage"),
        "check_channels": Mock(),
        "check_telephony": Mock(),
        "check_alarms": Mock(),
        "_clients": lambda: account,
        "PAUSE": 0,
    }
    for name, part in made.items():
        monkeypatch.setattr(deploy, name, part)
    made["publish"], made["input"] = Mock(), Mock(return_value="y")
    monkeypatch.setattr(reference, "publish", made["publish"])
    monkeypatch.setattr("builtins.input", made["input"])
    monkeypatch.setattr("sys.argv", ["deploy", "test", *ABROAD])
    gateway = Mock(**{"get_account.return_value": {"cloudwatchRoleArn": "role"}})
    gateway.meta.region_name = REGION
    account.clients |= {"apigateway": gateway, "sns": Mock(), "sts": _sts("123456789012")}
    return made


def test_the_command_asks_deploys_protects_and_publishes(
    account: Account, command: dict[str, Any]
) -> None:
    deploy.main()

    assert command["input"].call_count == 3
    changes = [(name, told["Protect"]) for name, _, told in account.cloudformation.history]
    assert changes[:2] == [("ryadom-test-platform", "no"), ("ryadom-test-platform", "yes")]
    assert len(changes) == 6
    command["package"].assert_called_once_with(runtime=of_stage("python3.12"))
    (channels,) = command["check_channels"].call_args_list
    assert (channels[0][0], channels[0][1]["Stage"]) == (account("ssm"), "test")
    (telephony,) = command["check_telephony"].call_args_list
    assert telephony[0] == (account("ssm"), channels[0][1], "regions of the stage")
    (published,) = command["publish"].call_args_list
    assert published[0][:3] == (account("dynamodb"), "regions", "regions of the stage")
    assert published[1] == {"codes": "codes of the stage"}
    command["check_alarms"].assert_called_once_with(account("sns"), "topic", patience=0.0)


def test_who_says_yes_beforehand_is_asked_nothing_and_may_wait_for_the_duty_to_confirm(
    account: Account, command: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["deploy", "test", *ABROAD, "--yes", "--wait"])
    deploy.main()
    command["input"].assert_not_called()
    assert len(account.cloudformation.stacks) == 3
    assert command["check_alarms"].call_args[1]["patience"] > 0


def test_an_account_is_set_up_without_any_stage(
    account: Account, command: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up = Mock()
    monkeypatch.setattr(deploy, "set_up_account", set_up)
    monkeypatch.setattr("sys.argv", ["deploy", "--account-setup"])
    deploy.main()
    set_up.assert_called_once()
    command["package"].assert_not_called()
    monkeypatch.setattr("sys.argv", ["deploy"])
    with pytest.raises(SystemExit):
        deploy.main()


def test_a_bucket_of_another_account_is_not_said_to_be_missing() -> None:
    s3 = Mock(**{"head_bucket.side_effect": ClientError({"Error": {"Code": "403"}}, "HeadBucket")})
    with pytest.raises(Refusal, match="CodeBucket theirs cannot be read"):
        deploy.check_bucket(s3, "theirs")


def test_the_command_changes_nothing_that_was_not_agreed_to(
    account: Account, command: dict[str, Any]
) -> None:
    command["input"].return_value = ""
    with pytest.raises(SystemExit, match="Stopped"):
        deploy.main()
    assert not account.cloudformation.stacks
    command["publish"].assert_not_called()


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
    account.clients["sts"] = _sts("210987654321")
    account("apigateway").get_account.return_value = {}
    with pytest.raises(SystemExit, match=r"the account 123456789012, and AWS_PROFILE .* 2109876"):
        deploy.main()
    command["package"].assert_not_called()


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "RequestExpired"])
def test_credentials_that_end_in_the_middle_are_told_with_the_next_step(
    account: Account, command: dict[str, Any], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Roles are taken on for an hour, and a first deploy asks three times."""
    ended = ClientError({"Error": {"Code": code, "Message": "expired"}}, "DescribeStacks")
    monkeypatch.setattr(account.cloudformation, "describe_stacks", Mock(side_effect=ended))
    with pytest.raises(SystemExit, match=r"expired(?s:.*)new ones.*run this again"):
        deploy.main()


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
    monkeypatch.setattr("sys.argv", ["deploy", "test", *ABROAD, abroad])
    with pytest.raises(SystemExit, match=why):
        deploy.main()
    command["package"].assert_not_called()


def test_every_command_works_in_the_region_that_the_aws_command_takes(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert cloud.client("sqs").meta.region_name == "eu-west-1"
    monkeypatch.setenv("AWS_REGION", REGION)
    assert cloud.client("sqs").meta.region_name == REGION
    calls = "boto3.client("
    assert [path.name for path in deploy.INFRA.glob("*.py") if calls in path.read_text()] == [
        "cloud.py"
    ]


@pytest.mark.parametrize(
    ("change_set", "agreed", "done"),
    [("arn", False, False), ("arn", True, True), (None, False, True)],
)
def test_an_account_is_set_up_as_agreed_and_asked_for_a_change_alone(
    monkeypatch: pytest.MonkeyPatch, change_set: str | None, agreed: bool, done: bool
) -> None:
    changes = Mock(**{"plan.return_value": SimpleNamespace(change_set=change_set)})
    monkeypatch.setattr(deploy, "ChangeSets", lambda *_: changes)
    if done:
        deploy.set_up_account(Mock(), lambda plans: agreed)
    else:
        with pytest.raises(DeployFailed, match="nothing was changed"):
            deploy.set_up_account(Mock(), lambda plans: agreed)
    assert (changes.discard.called, changes.carry_out.called) == (not done, done)


def test_a_client_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloud, "client", lambda service: [service])
    client = deploy._clients()
    assert client("s3") == ["s3"] and client("s3") is client("s3")
