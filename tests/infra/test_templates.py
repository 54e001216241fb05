"""The stacks keep what the design promises, read from what is really deployed."""

import importlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import NEEDED
from infra.layer import RESOURCES
from infra.package import PLACEHOLDER, ROOT, SERVICES
from infra.stacks import WAVES
from tests.infra.reading import Stack, actions, targets

Stacks = dict[str, Stack]

LISTENING = pytest.mark.parametrize("service", SERVICES)
DAYS_14 = 1_209_600

# Findings that stay, each with its reason; any other one fails the build.
EXPLAINED = {
    "WS1000": "no tracer by default: a line per invocation carries the correlation id",
    "WS2002": "no tracer by default: a line per invocation carries the correlation id",
    "ES6000": "the queue without a redrive is itself the dead-letter queue",
    "ES4000": "a minute's sweep that is lost is repeated whole by the next minute's",
    "ES1007": "a minute's sweep that is lost is repeated whole by the next minute's",
    "ES1001": "what the stream gives up on stays pending, and the sweeper publishes it",
    "ES7000": "mail to a person on duty cannot be sent again by a machine",
}
UNNARROWABLE = {"dynamodb:ListStreams"}
WILDCARDS = {"kms:GenerateDataKey*"}


def test_every_stack_of_the_design_is_built(stacks: Stacks) -> None:
    assert set(stacks) == {"platform", *SERVICES, "till"}


def test_every_finding_of_the_linter_is_explained(stacks: Stacks) -> None:
    run = [str(ROOT / ".venv" / "bin" / "cfn-lint"), "-a", "cfn_lint_serverless.rules"]
    paths = [str(ROOT / "build" / name / "template.json") for name in stacks]
    done = subprocess.run([*run, "-f", "json", "-t", *paths], capture_output=True, text=True)
    found = json.loads(done.stdout or "[]")
    unexplained = [
        f"{Path(each['Filename']).parent.name}: {each['Rule']['Id']} {each['Message']}"
        for each in found
        if each["Rule"]["Id"] not in EXPLAINED
    ]
    assert unexplained == []
    assert {each["Rule"]["Id"] for each in found} == set(EXPLAINED), "an excuse nobody needs"


@LISTENING
def test_a_rule_lists_exactly_what_its_service_reacts_to(stacks: Stacks, service: str) -> None:
    app = importlib.import_module(f"services.{service}.app")
    rule = stacks[service].of_type("AWS::Events::Rule")["Rule"]
    pattern = rule["EventPattern"]
    assert pattern["detail-type"] == sorted(event.detail_type() for event in app.REACTIONS)


def test_every_queue_has_dead_letters_and_keeps_messages_for_14_days(stacks: Stacks) -> None:
    for stack in stacks.values():
        queues = stack.of_type("AWS::SQS::Queue")
        for name, queue in queues.items():
            assert queue["MessageRetentionPeriod"] == DAYS_14
            assert queue["SqsManagedSseEnabled"] is True
            if name != "DeadLetters":
                redrive = queue["RedrivePolicy"]
                assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": ["DeadLetters", "Arn"]}
                assert redrive["maxReceiveCount"] >= 5
        for rule in stack.of_type("AWS::Events::Rule").values():
            for target in rule["Targets"]:
                assert target["DeadLetterConfig"]
                assert target["RetryPolicy"]


def test_a_message_stays_hidden_for_six_times_the_consumers_time(stacks: Stacks) -> None:
    checked = 0
    for stack in stacks.values():
        queues = stack.of_type("AWS::SQS::Queue")
        for function in stack.functions().values():
            for event in function.get("Events", {}).values():
                if event["Type"] == "SQS":
                    (queue, _) = event["Properties"]["Queue"]["Fn::GetAtt"]
                    assert queues[queue]["VisibilityTimeout"] >= 6 * function["Timeout"]
                    checked += 1
    assert checked == len(SERVICES)


def test_every_source_of_records_reports_single_failures(stacks: Stacks) -> None:
    for service in SERVICES:
        kinds = []
        for function in stacks[service].functions().values():
            for event in function.get("Events", {}).values():
                if event["Type"] in ("SQS", "DynamoDB"):
                    kinds.append(event["Type"])
                    told = event["Properties"]["FunctionResponseTypes"]
                    assert told == ["ReportBatchItemFailures"]
                if event["Type"] == "DynamoDB":
                    assert event["Properties"]["MaximumRecordAgeInSeconds"] > 0
        assert sorted(kinds) == ["DynamoDB", "SQS"]


def test_every_function_has_a_role_of_its_own(stacks: Stacks) -> None:
    for stack in stacks.values():
        roles = [json.dumps(function["Role"]) for function in stack.functions().values()]
        assert len(set(roles)) == len(roles)
        assert PLACEHOLDER not in json.dumps(stack.template)


def test_no_function_is_left_with_the_memory_and_time_of_a_default(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, function in stack.functions().items():
            shared = stack.template.get("Globals", {}).get("Function", {})
            memory = function.get("MemorySize", shared.get("MemorySize", 0))
            assert memory >= 512, (stack.name, name)
            assert 0 < function["Timeout"] <= 50, (stack.name, name)


def test_a_role_names_its_actions_and_its_resources(stacks: Stacks) -> None:
    for stack in stacks.values():
        for role, statement in stack.statements():
            for action in actions(statement):
                assert "*" not in action or action in WILDCARDS, (stack.name, role, action)
            if "*" in targets(statement):
                assert set(actions(statement)) <= UNNARROWABLE, (stack.name, role)


def test_nobody_changes_or_deletes_an_audit_entry(stacks: Stacks) -> None:
    audit = {"Fn::GetAtt": ["AuditTable", "Arn"]}
    for service in SERVICES:
        found = set()
        for _, statement in stacks[service].statements():
            if any("AuditTable" in json.dumps(each) for each in targets(statement)):
                assert targets(statement) == [audit]
                found |= set(actions(statement))
        assert found == {"dynamodb:PutItem", "dynamodb:Query"}


def test_only_a_services_own_functions_reach_its_personal_data(stacks: Stacks) -> None:
    readers = {
        (stack.name, role)
        for stack in stacks.values()
        for role, statement in stack.statements()
        if any("KeysTable" in json.dumps(each) for each in targets(statement))
    }
    allowed = {"ApiRole", "OnMessagesRole", "ResolveRecipientsRole"}
    assert {role for _, role in readers} <= allowed


def test_the_relay_and_the_sweepers_never_see_a_key(stacks: Stacks) -> None:
    for service in SERVICES:
        for role, statement in stacks[service].statements():
            if role in ("RelayOutboxRole", "SweepOutboxRole", "SweepDeadlinesRole"):
                assert not any(action.startswith("kms:") for action in actions(statement))


def test_tables_are_recoverable_encrypted_and_protected_on_aws(stacks: Stacks) -> None:
    for service in SERVICES:
        tables = stacks[service].of_type("AWS::DynamoDB::Table")
        assert set(tables) == {"DataTable", "OutboxTable", "AuditTable", "KeysTable"}
        for name, table in tables.items():
            assert table["SSESpecification"]["SSEEnabled"] is True
            recovery = table["PointInTimeRecoverySpecification"]
            assert recovery["PointInTimeRecoveryEnabled"] is True
            assert table["DeletionProtectionEnabled"] is True
            assert stacks[service].resources()[name]["DeletionPolicy"] == "Retain"
            assert (table.get("StreamSpecification") is not None) == (name == "OutboxTable")
            assert recovery.get("RecoveryPeriodInDays") == (1 if name == "KeysTable" else None)


def test_reference_data_is_recoverable_and_read_only_for_whoever_needs_it(stacks: Stacks) -> None:
    (table,) = stacks["platform"].of_type("AWS::DynamoDB::Table").values()
    assert table["SSESpecification"]["SSEEnabled"] is True
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["DeletionProtectionEnabled"] is True
    readers: dict[str, set[str]] = {}
    for stack in stacks.values():
        for role, statement in stack.statements():
            if any("ReferenceTable" in json.dumps(each) for each in targets(statement)):
                assert actions(statement) == ["dynamodb:GetItem"]
                assert len(targets(statement)) == 1
                readers.setdefault(stack.name, set()).add(role)
    contacts = {"ApiRole", "OnMessagesRole", "ResolveRecipientsRole"}
    without = {"ApiRole", "OnMessagesRole"}
    assert readers == {
        service: without if service == "notifications" else contacts for service in SERVICES
    }
    for service in SERVICES:
        for function in stacks[service].functions().values():
            table_name = stacks[service].environment(function)["REFERENCE_TABLE"]
            assert table_name == {"Ref": "ReferenceTableName"}


def test_files_are_encrypted_private_and_forgotten(stacks: Stacks) -> None:
    lifetimes = {}
    for stack in stacks.values():
        policies = stack.of_type("AWS::S3::BucketPolicy").values()
        denied = [each["PolicyDocument"]["Statement"] for each in policies]
        for bucket in stack.of_type("AWS::S3::Bucket").values():
            (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
            assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
            assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
            assert len(bucket["PublicAccessBlockConfiguration"]) == 4
            assert "VersioningConfiguration" not in bucket
            assert [each["Effect"] for statement in denied for each in statement] == ["Deny"]
            for rule in bucket["LifecycleConfiguration"]["Rules"]:
                assert rule["Status"] == "Enabled"
                lifetimes[stack.name, rule.get("Prefix")] = rule.get("ExpirationInDays")
    expected = {("cards", None): None, ("cards", "batches/"): 30, ("cards", "prints/"): 1}
    assert lifetimes == expected


def test_every_function_and_api_has_a_log_group_that_ends(stacks: Stacks) -> None:
    for stack in stacks.values():
        groups = stack.of_type("AWS::Logs::LogGroup")
        assert all(group["RetentionInDays"] for group in groups.values())
        named = {json.dumps(group["LogGroupName"]) for group in groups.values()}
        for function in stack.functions():
            assert json.dumps({"Fn::Sub": f"/aws/lambda/${{{function}}}"}) in named
        for api in stack.of_type("AWS::Serverless::Api").values():
            assert api["AccessLogSetting"]["DestinationArn"]


def test_every_api_is_throttled_and_answers_in_problems(stacks: Stacks) -> None:
    for name in (*SERVICES, "till"):
        (api,) = stacks[name].of_type("AWS::Serverless::Api").values()
        (limits,) = api["MethodSettings"]
        assert 0 < limits["ThrottlingRateLimit"] <= limits["ThrottlingBurstLimit"]
        for answer in api["GatewayResponses"].values():
            told = json.loads(answer["ResponseTemplates"]["application/json"])
            assert told["type"] == f"urn:ryadom:problem:{told['code']}"
            assert re.search("[а-я]", told["detail"])


def test_the_local_gateway_tells_the_same_problems(stacks: Stacks) -> None:
    for name in (*SERVICES, "till"):
        stack = stacks[name]
        (api,) = stack.of_type("AWS::Serverless::Api").values()
        local = stack.of_type("AWS::ApiGateway::GatewayResponse", stage="local")
        told = {each["ResponseType"]: each["ResponseTemplates"] for each in local.values()}
        assert told == {
            kind: each["ResponseTemplates"] for kind, each in api["GatewayResponses"].items()
        }
        assert not stack.of_type("AWS::ApiGateway::GatewayResponse")


def test_business_time_cannot_be_moved_on_aws(stacks: Stacks) -> None:
    for stack in stacks.values():
        for function in stack.functions().values():
            assert "CLOCK_FILE" not in stack.environment(function)
    clocked = [
        name
        for name, function in stacks["intake"].functions("local").items()
        if "CLOCK_FILE" in stacks["intake"].environment(function, "local")
    ]
    assert clocked


def test_protected_routes_ask_the_platforms_one_authorizer(stacks: Stacks) -> None:
    for service in SERVICES:
        (api,) = stacks[service].of_type("AWS::Serverless::Api").values()
        for scheme in api["DefinitionBody"]["securityDefinitions"].values():
            asked = scheme["x-amazon-apigateway-authorizer"]
            assert "${AuthorizerArn}" in asked["authorizerUri"]["Fn::Sub"]
            assert asked["authorizerResultTtlInSeconds"] == 60


def test_every_parameter_is_known_before_its_stack_is_deployed(stacks: Stacks) -> None:
    known = {"Stage", "CodeBucket", "CodeKey", "RootKey", *NEEDED}
    known |= {f"{layer}{fact}" for layer in RESOURCES.values() for fact in ("Key", "Hash")}
    known |= set(stacks["platform"].template["Outputs"])
    for wave in WAVES:
        for name in wave:
            asked = stacks[name].template["Parameters"]
            assert {each for each, facts in asked.items() if "Default" not in facts} <= known
        for name in wave:
            outputs = stacks[name].template.get("Outputs", {})
            known |= {f"{name.capitalize()}{output}" for output in outputs}


# alarms -------------------------------------------------------------------------------------


def _alarms(stack: Stack) -> dict[str, dict[str, Any]]:
    return stack.of_type("AWS::CloudWatch::Alarm")


def _watched(stack: Stack) -> set[str]:
    return {f"{alarm['Namespace']}/{alarm['MetricName']}" for alarm in _alarms(stack).values()}


def test_every_service_watches_what_can_go_wrong(stacks: Stacks) -> None:
    for service in SERVICES:
        assert _watched(stacks[service]) >= {
            "AWS/SQS/ApproximateNumberOfMessagesVisible",
            "AWS/SQS/ApproximateAgeOfOldestMessage",
            "AWS/Lambda/Errors",
            "AWS/Lambda/Throttles",
            "AWS/ApiGateway/5XXError",
            "Ryadom/outbox_lag",
            "Ryadom/deadline_lag",
            "Ryadom/deadline_stuck",
            "Ryadom/parked_overdue",
            "Ryadom/reference_stale",
            "Ryadom/quarantined",
        }


@pytest.mark.requirement("S0-42", "X-07")
def test_the_promises_to_families_and_stores_are_watched(stacks: Stacks) -> None:
    watched = {"Ryadom/introduction_overdue", "Ryadom/follow_up_missed"}
    assert watched <= _watched(stacks["matching"])
    assert "Ryadom/message_failed" in _watched(stacks["notifications"])
    watched = {"Ryadom/card_check_refused", "Ryadom/store_key_locked"}
    watched.add("Ryadom/card_check_throttled")
    assert watched <= _watched(stacks["till"])


def test_errors_and_throttles_of_every_function_are_watched(stacks: Stacks) -> None:
    for stack in stacks.values():
        for metric in ("Errors", "Throttles"):
            watched = {
                alarm["Dimensions"][0]["Value"]["Ref"]
                for alarm in _alarms(stack).values()
                if alarm["MetricName"] == metric
            }
            assert watched == set(stack.functions()), (stack.name, metric)


def test_every_alarm_tells_somebody_and_names_a_runbook_that_exists(stacks: Stacks) -> None:
    named = set()
    for stack in stacks.values():
        for name, alarm in _alarms(stack).items():
            found = re.search(r"docs/runbooks/[a-z0-9-]+\.md", alarm["AlarmDescription"])
            assert found, (stack.name, name)
            assert (ROOT / found[0]).is_file(), found[0]
            assert alarm["AlarmActions"] and alarm["TreatMissingData"]
            named.add(found[0])
    kept = {f"docs/runbooks/{path.name}" for path in (ROOT / "docs" / "runbooks").glob("*.md")}
    assert kept - {"docs/runbooks/README.md"} == named, "a runbook nothing leads to"


def test_every_metric_that_an_alarm_watches_is_told_by_the_code(stacks: Stacks) -> None:
    code = "\n".join(
        path.read_text("utf-8")
        for folder in ("services", "shared")
        for path in (ROOT / folder).rglob("*.py")
    )
    for stack in stacks.values():
        for alarm in _alarms(stack).values():
            if alarm["Namespace"] == "Ryadom":
                assert f'"{alarm["MetricName"]}"' in code, alarm["MetricName"]
