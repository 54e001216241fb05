"""The platform on one machine: deployed whole, reachable, patient, and the same after a stop."""

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3

from infra import deploy
from infra.configuration import reference_table
from infra.deployment import account_checks
from infra.deployment.change_sets import ChangeSets
from infra.deployment.stack_failures import DeployFailed
from infra.deployment.stage_facts import Refusal
from infra.local_platform import users
from infra.local_platform.emulator import CannotStart, Emulator
from infra.local_platform.platform import LocalPlatform
from infra.local_platform.platform_client import follow
from infra.local_platform.saved_state import announcement
from infra.packaging.stack_defaults import ALIAS
from shared import clock

pytestmark = [pytest.mark.platform, pytest.mark.slow]

PHONES = iter(range(79161234567, 79161299999, 101))


def _request() -> dict[str, Any]:
    """The call of one more family."""
    return {
        "region": "ZR",
        "district_id": "D01",
        "initiated_by": "self",
        "applicant_relation": "parent",
        "family": {"members": [{"relation": "parent"}, {"relation": "child", "born": "2019-03"}]},
        "needs": [{"category": "household_help"}],
        "contact": {"name": "Анна", "channel": "sms", "phone": f"+{next(PHONES)}"},
        "consents": {"processing": True, "share_need_categories": True, "contact": True},
    }


def _pages(platform: LocalPlatform, path: str) -> str:
    answer = urllib3.request("GET", platform.url + path, timeout=10)
    assert answer.status == 200
    return answer.data.decode()


def test_a_call_to_the_hotline_gets_its_number_and_everyone_hears_of_it(
    platform: LocalPlatform,
) -> None:
    family = _request()
    first = platform.call("OP-1", "POST", "/intake/v1/requests", family, key="k" * 20)
    assert first.status == 201, first.body
    again = platform.call("OP-1", "POST", "/intake/v1/requests", family, key="k" * 20)
    assert again.body == first.body
    platform.advance(hours=1)  # on a busy machine a cold owner may answer the second asking only
    inbox = platform.call("HQ-1", "GET", "/notifications/v1/inbox", must=True).body["items"]
    case = platform.call("OP-1", "GET", f"/intake/v1/requests/{first.id}", must=True).body
    assert [each["reference"] for each in inbox].count(case["case_id"]) == 1
    told = [each["text"] for each in platform.messages() if each["recipient_role"] == "family"]
    assert len([text for text in told if first.body["number"] in text]) == 1
    assert platform.call("HQ-Y", "GET", f"/intake/v1/requests/{first.id}").status == 404


def test_one_id_is_followed_through_all_services(platform: LocalPlatform) -> None:
    reply = platform.call("OP-1", "POST", "/intake/v1/requests", _request(), must=True)
    platform.settle()
    wanted = {"/aws/lambda/ryadom-intake-api", "/aws/lambda/ryadom-notifications-on-messages"}
    found: set[str] = set()
    until = time.monotonic() + 10  # a line may come after the message is done
    while not wanted <= found and time.monotonic() < until:
        found = {line["group"] for line in platform.logs(reply.headers["X-Correlation-Id"])}
    assert wanted <= found

    followed = follow(platform, reply.headers["X-Correlation-Id"])
    lines = [next(followed)["message"] for _ in found]
    assert len({*lines}) == len(lines)


def test_everything_runs_from_the_published_version(platform: LocalPlatform) -> None:
    functions = platform.client("lambda")
    sources = functions.list_event_source_mappings()["EventSourceMappings"]
    assert sources and all(each["FunctionArn"].endswith(f":{ALIAS}") for each in sources)
    for function in functions.list_functions()["Functions"]:
        found = functions.get_alias(FunctionName=function["FunctionName"], Name=ALIAS)
        assert found["FunctionVersion"].isdigit(), function["FunctionName"]


def test_a_first_deploy_that_failed_is_made_again_over_what_it_left(
    platform: LocalPlatform,
) -> None:
    said: list[str] = []
    changes = ChangeSets(platform.client("cloudformation"), said.append, 0.05)
    whole = {"Type": "AWS::SQS::Queue", "DependsOn": "Kept", "Properties": {}}
    alias = {"FunctionName": "ryadom-intake-api", "Name": ALIAS, "FunctionVersion": "1"}
    taken = {"Type": "AWS::Lambda::Alias", "DependsOn": "Kept", "Properties": alias}
    with pytest.raises(DeployFailed, match="first is ROLLBACK_COMPLETE: Last: "):
        changes.carry_out(changes.plan("first", {}, TemplateBody=_with_a_table(taken)))
    assert "a-fixed-name" not in platform.client("dynamodb").list_tables()["TableNames"]
    changes.carry_out(changes.plan("first", {}, TemplateBody=_with_a_table(whole)))
    assert [line.split()[-1] for line in said] == ["again", "created"]
    assert changes.plan("first", {}, TemplateBody=_with_a_table(whole)).change_set is None
    assert platform.client("dynamodb").describe_table(TableName="a-fixed-name")
    other = _with_a_table(whole).replace("a-fixed-name", "another-name")
    with pytest.raises(DeployFailed, match=r"Kept \(AWS::DynamoDB::Table\), for TableName\n"):
        changes.plan("first", {}, TemplateBody=other)
    platform.client("cloudformation").delete_stack(StackName="first")


def test_an_account_is_set_up_once_in_a_stack_of_its_own(
    platform: LocalPlatform, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway = platform.client("apigateway")
    with pytest.raises(Refusal):
        account_checks.check_account(gateway)
    deploy.set_up_account(platform.client, deploy.agree_unasked)
    account_checks.check_account(gateway)
    deploy.set_up_account(platform.client, deploy.ask)  # no change, so nobody is asked
    told = capsys.readouterr().out.splitlines()
    assert told[-2:] == ["  ryadom-account created", "  ryadom-account unchanged"]
    platform.client("cloudformation").delete_stack(StackName=deploy.ACCOUNT_STACK)


def _with_a_table(last: dict[str, Any]) -> str:
    table = {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "TableName": "a-fixed-name",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        },
    }
    return json.dumps({"Resources": {"Kept": table, "Last": last}})


def test_the_gateways_own_refusals_are_problems_in_russian(platform: LocalPlatform) -> None:
    nobody = platform.call(None, "GET", "/intake/v1/requests")
    forged = platform.call(
        None, "GET", "/intake/v1/requests", headers={"Authorization": "Bearer a.b.c"}
    )
    nowhere = platform.call("HQ-1", "GET", "/intake/v1/nowhere")
    store = platform.call(None, "POST", "/till/v1/card-checks", {"number": "1"})
    found = [(each.status, each.body["code"]) for each in (nobody, forged, nowhere)]
    assert found == [(401, "unauthenticated"), (401, "unauthenticated"), (404, "not_found")]
    for each in (nobody, forged, nowhere, store):
        assert each.headers["Content-Type"] == "application/problem+json"
    assert store.status == 401


def test_a_machine_is_known_by_the_token_operations_issued(platform: LocalPlatform) -> None:
    tokens = platform.machine_tokens
    token, lost = (tokens.issue("chat-bot", "bot", timedelta(days=1)) for _ in range(2))
    known = platform.call(
        None, "GET", "/intake/v1/requests", headers={"Authorization": f"Bearer {token}"}
    )
    assert known.status in (403, 404), known.body  # recognised, and told no
    tokens.revoke(lost)
    assert _status(platform, lost) == 401


def test_a_disabled_person_is_out_though_the_token_is_good(platform: LocalPlatform) -> None:
    token = platform.token("HQ-Y")
    person = {"UserPoolId": platform.facts["UserPoolId"], "Username": "HQ-Y"}
    platform.client("cognito-idp").admin_disable_user(**person)
    try:
        assert _status(platform, token) == 401
    finally:
        platform.client("cognito-idp").admin_enable_user(**person)
    assert _status(platform, platform.token("HQ-Y")) == 200
    with pytest.raises(users.UnknownUser, match="HQ-0"):
        platform.token("HQ-0")


def test_the_client_people_log_in_by_writes_nothing_that_gives_rights(
    platform: LocalPlatform,
) -> None:
    """The emulator stores the list and holds nobody to it; Cognito does."""
    client = platform.client("cognito-idp").describe_user_pool_client(
        UserPoolId=platform.facts["UserPoolId"], ClientId=platform.facts["UserPoolClientId"]
    )["UserPoolClient"]
    assert client["WriteAttributes"] == ["locale"]
    assert "custom:regions" in client["ReadAttributes"]


def _status(platform: LocalPlatform, token: str) -> int:
    sent = {"Authorization": f"Bearer {token}"}
    return platform.call(None, "GET", "/intake/v1/requests", headers=sent).status


def test_a_region_is_added_while_everything_runs(platform: LocalPlatform) -> None:
    dynamodb, table = platform.client("dynamodb"), platform.facts["ReferenceTableName"]
    kept = reference_table.ReferenceTable(dynamodb, table).kept().regions
    assert kept["ZR"].lead == (platform.people.identity("HQ-1"),)
    new = kept["YN"].model_copy(update={"code": "NN", "title": "Новая область"})

    reference_table.publish(dynamodb, table, {**kept, "NN": new}, lambda _: None)

    # Nobody has asked this service for a region yet; the others know within five minutes.
    told = platform.call(None, "GET", "/matching/v1/reference", must=True).body["regions"]
    assert {each["code"] for each in told} == {"NN", "YN", "YY", "ZR"}
    one = platform.call(None, "GET", "/matching/v1/reference?region=NN", must=True).body["regions"]
    assert [each["title"] for each in one] == ["Новая область"]
    reference_table.publish(dynamodb, table, kept, lambda _: None, removed=["NN"])


def test_the_pages_need_nothing_from_elsewhere(platform: LocalPlatform) -> None:
    for page in ("/", "/docs", "/outbox"):
        text = _pages(platform, page)
        assert 'lang="ru"' in text
        assert "https://" not in text and "http://" not in text
    assert _pages(platform, "/docs/assets/swagger-ui-bundle.min.js")
    assert '"openapi"' in _pages(platform, "/docs/intake.json")


def test_business_time_moves_and_the_wall_does_not(platform: LocalPlatform) -> None:
    before, wall = platform.now(), clock.wall()
    after = platform.advance(hours=30)
    assert timedelta(hours=30) <= after - before < timedelta(hours=31)
    assert clock.wall() - wall < timedelta(hours=1)


# what cannot start ---------------------------------------------------------------------------


class _Enough(Exception):
    """Ends a start before it packages anything."""


def test_a_state_with_rows_of_another_version_is_begun_again_in_a_sentence(
    tmp_path: Path,
) -> None:
    older = json.loads(announcement("http://127.0.0.1:1")) | {"rows_version": 1}
    (tmp_path / "ready.json").write_text(json.dumps(older))
    (tmp_path / "aws").mkdir()
    for kept in ("aws/dynamodb.json", "region-loaded", "clock"):
        (tmp_path / kept).touch()
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if line.startswith("Packaging"):
            raise _Enough

    with pytest.raises(_Enough):
        LocalPlatform(tmp_path, say=say).start()
    assert said[0] == "The saved state has rows of another version, so this one starts afresh."
    assert {kept.name for kept in tmp_path.iterdir()} == {"lock", "ports.json"}


def test_what_is_taken_is_told_to_who_starts_another(
    platform: LocalPlatform, tmp_path: Path
) -> None:
    with pytest.raises(CannotStart, match="Another platform runs"):
        LocalPlatform(platform.state).start()
    port = int(platform.url.rpartition(":")[2])
    with pytest.raises(CannotStart, match=f"Port {port} is taken"):
        LocalPlatform(tmp_path / "other", port).start()
    with pytest.raises(CannotStart, match="is taken"):
        Emulator(tmp_path / "third", platform.emulator.port).start()
