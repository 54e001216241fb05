"""The stacks keep what the design promises, read from what is really deployed."""

import copy
import importlib
import json
import re
import subprocess
from collections.abc import Iterator
from graphlib import CycleError
from pathlib import Path
from typing import Any

import pytest

from infra import subscriptions
from infra.deploy import NEEDED
from infra.deployer import output_name, waves
from infra.layer import RESOURCES
from infra.package import PLACEHOLDER
from infra.reproducible_zip import CannotPackage
from infra.services import ROOT, app_folders, service_names
from infra.templates import INFRA, read
from shared.messaging import consumer, suspects
from tests.infra.sam_translation import translate
from tests.infra.stack_reader import AWS, Stack, actions, targets

Stacks = dict[str, Stack]

SERVICES = service_names()
LISTENING = pytest.mark.parametrize("service", SERVICES)
JOBBERS = tuple(
    service
    for service in SERVICES
    if "jobs.yaml" in read(INFRA / f"{service}.yaml")["Metadata"]["Includes"]
)
DAYS_14 = 1_209_600

# Findings that stay, each with its reason; any other one fails the build.
EXPLAINED = {
    "WS1000": "no tracer by default: a line per invocation carries the correlation id",
    "WS2002": "no tracer by default: a line per invocation carries the correlation id",
    "ES6000": "the queue without a redrive is itself the dead-letter queue",
    "ES4000": "a minute's sweep that is lost is repeated whole by the next minute's",
    "ES1007": "a minute's sweep that is lost is repeated whole by the next minute's",
    "ES1001": "a queue has dead letters; what the stream gives up on, the sweeper publishes",
    "W2001": "SAM has written the value of a parameter in where it was named",
    "W3660": "answers of the gateway beside the body are for the local platform only",
    "ES7000": "mail to a person on duty cannot be sent again by a machine",
}
UNNARROWABLE = {"dynamodb:ListStreams"}
WILDCARDS = {"kms:GenerateDataKey*"}


def test_every_stack_of_the_design_is_built(stacks: Stacks) -> None:
    assert set(stacks) == {"platform", *app_folders()}


def test_every_finding_of_the_linter_is_explained(stacks: Stacks, tmp_path: Path) -> None:
    run = [str(ROOT / ".venv" / "bin" / "cfn-lint"), "-a", "cfn_lint_serverless.rules"]
    for name, stack in stacks.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(stack.template, indent=1), "utf-8")
    paths = [str(tmp_path / f"{name}.json") for name in stacks]
    paths.append(str(INFRA / "account.yaml"))
    done = subprocess.run([*run, "-f", "json", "-t", *paths], capture_output=True, text=True)
    found = json.loads(done.stdout or "[]")
    unexplained = [
        f"{Path(each['Filename']).name}: {each['Rule']['Id']} {each['Message']}"
        for each in found
        if each["Rule"]["Id"] not in EXPLAINED
    ]
    assert unexplained == []
    assert {each["Rule"]["Id"] for each in found} == set(EXPLAINED), "an excuse nobody needs"


@LISTENING
def test_a_rule_as_it_is_deployed_lists_what_its_service_reacts_to(
    stacks: Stacks, service: str
) -> None:
    app = importlib.import_module(f"services.{service}.app")
    rule = stacks[service].of_type("AWS::Events::Rule")["Rule"]
    heard = rule["EventPattern"]["detail-type"]
    assert heard
    assert heard == sorted(event.detail_type() for event in app.SUBSCRIPTIONS.reactions)


def test_no_place_for_events_is_left_open(stacks: Stacks) -> None:
    (word,) = subscriptions.PLACEHOLDER
    assert word in (INFRA / "service.yaml").read_text("utf-8")
    assert [name for name, stack in stacks.items() if word in json.dumps(stack.template)] == []


def test_a_service_that_reacts_to_nothing_is_not_packaged(monkeypatch: pytest.MonkeyPatch) -> None:
    app = importlib.import_module("services.intake.app")
    monkeypatch.setattr(app, "SUBSCRIPTIONS", consumer.Subscriptions("intake", {}))
    rule = {"Rule": {"EventPattern": {"detail-type": subscriptions.PLACEHOLDER}}}

    assert subscriptions.subscribed({"Rule": "none"}, "intake") == {"Rule": "none"}
    with pytest.raises(CannotPackage, match="reacts to no event"):
        subscriptions.subscribed(rule, "intake")


# queues ---------------------------------------------------------------------------------------


def test_every_queue_has_dead_letters_and_keeps_messages_for_14_days(stacks: Stacks) -> None:
    for stack in stacks.values():
        queues = stack.of_type("AWS::SQS::Queue")
        for name, queue in queues.items():
            assert queue["MessageRetentionPeriod"] == DAYS_14
            assert queue["SqsManagedSseEnabled"] is True
            if name.endswith("DeadLetters"):
                continue
            redrive = queue["RedrivePolicy"]
            dead = f"{name.removesuffix('Queue')}DeadLetters"
            assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [dead, "Arn"]}
            assert redrive["maxReceiveCount"] == suspects.LAST_DELIVERY
        for rule in stack.of_type("AWS::Events::Rule").values():
            for target in rule["Targets"] if "EventPattern" in rule else ():
                assert target["DeadLetterConfig"]
                assert target["RetryPolicy"]


def test_a_message_stays_hidden_for_six_times_the_consumers_time(stacks: Stacks) -> None:
    checked = set()
    for stack in stacks.values():
        queues, functions = stack.of_type("AWS::SQS::Queue"), stack.functions()
        for source in stack.of_type("AWS::Lambda::EventSourceMapping").values():
            name, _ = source["EventSourceArn"]["Fn::GetAtt"]
            if name in queues:
                consumer = functions[stack.called(source["FunctionName"])]
                assert queues[name]["VisibilityTimeout"] >= 6 * consumer["Timeout"]
                checked.add(stack.name)
    assert checked == set(SERVICES)


def test_jobs_have_a_queue_and_a_function_of_their_own_one_step_at_a_time(stacks: Stacks) -> None:
    for service in SERVICES:
        app = importlib.import_module(f"services.{service}.app")
        has_jobs = bool(app.SUBSCRIPTIONS.jobs)
        assert has_jobs == (service in JOBBERS) == ("OnJobs" in stacks[service].functions())
    for service in JOBBERS:
        functions = stacks[service].functions()
        assert functions["OnMessages"]["MemorySize"] < functions["OnJobs"]["MemorySize"]
        (source,) = [
            each
            for each in stacks[service].of_type("AWS::Lambda::EventSourceMapping").values()
            if each["EventSourceArn"] == {"Fn::GetAtt": ["JobsQueue", "Arn"]}
        ]
        assert stacks[service].called(source["FunctionName"]) == "OnJobs"
        assert source["BatchSize"] == 1


def test_a_job_may_do_what_a_reaction_may(stacks: Stacks) -> None:
    own = re.compile(r"\"Queue\"|:log-group:")
    for service in JOBBERS:
        granted: dict[str, set[str]] = {"OnMessagesRole": set(), "OnJobsRole": set()}
        for role, statement in stacks[service].statements():
            place = json.dumps(statement["Resource"], sort_keys=True)
            if role in granted and not own.search(place):
                actions = statement["Action"]
                each = [actions] if isinstance(actions, str) else actions
                granted[role] |= {f"{json.dumps(action)} {place}" for action in each}
        assert granted["OnMessagesRole"]
        assert granted["OnMessagesRole"] <= granted["OnJobsRole"]


def test_a_function_that_feeds_its_own_queue_is_not_taken_for_an_endless_loop(
    stacks: Stacks,
) -> None:
    for service in SERVICES:
        queues = stacks[service].of_type("AWS::SQS::Queue")
        fed = {
            stacks[service].called(source["FunctionName"])
            for source in stacks[service].of_type("AWS::Lambda::EventSourceMapping").values()
            if source["EventSourceArn"]["Fn::GetAtt"][0] in queues
        }
        allowed = {
            name
            for name, function in stacks[service].functions().items()
            if function.get("RecursiveLoop") == "Allow"
        }
        assert fed == allowed >= {"OnMessages"}


def test_every_source_of_records_reports_single_failures(stacks: Stacks) -> None:
    for service in SERVICES:
        sources = stacks[service].of_type("AWS::Lambda::EventSourceMapping").values()
        for source in sources:
            assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        (stream,) = [each for each in sources if "MaximumRecordAgeInSeconds" in each]
        assert stream["EventSourceArn"] == {"Fn::GetAtt": ["OutboxTable", "StreamArn"]}
        assert stream["MaximumRecordAgeInSeconds"] > 0


# functions and roles --------------------------------------------------------------------------


def test_every_function_has_a_role_of_its_own(stacks: Stacks) -> None:
    for stack in stacks.values():
        roles = [json.dumps(function["Role"]) for function in stack.functions().values()]
        assert len(set(roles)) == len(roles)
        assert PLACEHOLDER not in json.dumps(stack.template)


def test_no_function_is_left_with_the_memory_and_time_of_a_default(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, function in stack.functions().items():
            assert function["MemorySize"] >= 512, (stack.name, name)
            longest = 120 if name == "OnJobs" else 50
            assert 0 < function["Timeout"] <= longest, (stack.name, name)


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
    allowed = {
        "ApiRole", "OnMessagesRole", "OnJobsRole", "ResolveRecipientsRole", "TakeUpdatesRole"
    }  # fmt: skip
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
            assert (table.get("StreamSpecification") is not None) == (name == "OutboxTable")
            assert recovery.get("RecoveryPeriodInDays") == (1 if name == "KeysTable" else None)


def test_reference_data_is_recoverable_and_read_only_for_whoever_needs_it(stacks: Stacks) -> None:
    table = stacks["platform"].of_type("AWS::DynamoDB::Table")["ReferenceTable"]
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
    may_read = {
        "APIHandler": "ApiRole",
        "OnMessages": "OnMessagesRole",
        "OnJobs": "OnJobsRole",
        "ResolveRecipients": "ResolveRecipientsRole",
    }
    assert readers == {
        service: {may_read[name] for name in may_read.keys() & stacks[service].functions().keys()}
        for service in SERVICES
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
    expected = {
        ("cards", None): None,
        ("cards", "batches/"): 30,
        ("cards", "keys/"): 1,
        ("cards", "paper/"): 1,
        ("cards", "prints/"): 1,
    }
    assert lifetimes == expected


def test_every_function_and_api_has_a_log_group_that_ends(stacks: Stacks) -> None:
    for stack in stacks.values():
        groups = stack.of_type("AWS::Logs::LogGroup")
        assert all(group["RetentionInDays"] for group in groups.values())
        named = {json.dumps(group["LogGroupName"]) for group in groups.values()}
        for function in stack.functions():
            assert json.dumps({"Fn::Sub": f"/aws/lambda/${{{function}}}"}) in named


# what a deploy that failed, or a second stage, must not meet -----------------------------------


def test_what_is_kept_is_kept_only_once_it_was_made(stacks: Stacks) -> None:
    """A kept table of a first create that failed would stand in the way of the next one."""
    kept = {}
    for stack in stacks.values():
        for name, resource in stack.resources().items():
            policy = resource.get("DeletionPolicy", "Delete")
            assert policy in ("Delete", "RetainExceptOnCreate"), (stack.name, name)
            if policy != "Delete":
                kept[stack.name, name] = resource["UpdateReplacePolicy"]
    assert set(kept.values()) == {"Retain"}
    tables = {"DataTable", "OutboxTable", "AuditTable", "KeysTable"}
    assert {name for stack, name in kept if stack == "intake"} == tables
    assert {("platform", "Key"), ("platform", "UserPool"), ("cards", "FilesBucket")} <= set(kept)


def test_nothing_is_protected_while_it_is_made(stacks: Stacks) -> None:
    """What refuses to be deleted cannot be rolled back, so that a first deploy could not fail."""
    for protect, tables, people in (("no", False, "INACTIVE"), ("yes", True, "ACTIVE")):
        for stack in stacks.values():
            made = stack.where(Protect=protect).of_type("AWS::DynamoDB::Table")
            assert {each["DeletionProtectionEnabled"] for each in made.values()} <= {tables}
        pool = stacks["platform"].where(Protect=protect).of_type("AWS::Cognito::UserPool")
        assert pool["UserPool"]["DeletionProtection"] == people


def test_nothing_of_the_whole_account_lies_in_a_stages_stack(stacks: Stacks) -> None:
    for stack in stacks.values():
        assert not stack.of_type("AWS::ApiGateway::Account"), stack.name


# published versions ---------------------------------------------------------------------------


def _versions(stack: Stack) -> dict[str, str]:
    """The version that each function's alias points to."""
    found = {}
    for alias in stack.of_type("AWS::Lambda::Alias").values():
        version, _ = alias["FunctionVersion"]["Fn::GetAtt"]
        found[alias["FunctionName"]["Ref"]] = version
    return found


def _mentions(value: Any, functions: set[str]) -> set[str]:
    """The functions that a value names directly: by Ref, GetAtt or Sub."""
    if isinstance(value, list):
        return set().union(*(_mentions(each, functions) for each in value))
    if not isinstance(value, dict):
        return set()
    found = set()
    for key, told in value.items():
        if key == "Ref":
            found |= {told}
        elif key == "Fn::GetAtt":
            found |= {told[0] if isinstance(told, list) else told.split(".")[0]}
        elif key == "Fn::Sub":
            text = told if isinstance(told, str) else told[0]
            found |= set(re.findall(r"\$\{(\w+)", text))
        found |= _mentions(told, functions)
    return found & functions


def test_everybody_calls_the_alias_and_nobody_the_function(stacks: Stacks) -> None:
    """SnapStart works on published versions only, and a call of the bare name goes past them."""
    about = {f"AWS::Lambda::{each}" for each in ("Version", "Alias")}
    about |= {"AWS::Logs::LogGroup", "AWS::CloudWatch::Alarm"}
    for stack in stacks.values():
        functions = set(stack.functions())
        assert set(_versions(stack)) == functions
        for name, resource in stack.resources().items():
            if resource["Type"] not in about:
                assert _mentions(resource, functions) == set(), (stack.name, name)
        outputs = stack.template.get("Outputs", {})
        assert _mentions(outputs, functions) == set(), stack.name


def test_every_alias_is_called(stacks: Stacks) -> None:
    for stack in stacks.values():
        callers = {
            name: each
            for name, each in stack.resources().items()
            if each["Type"] not in ("AWS::Lambda::Alias", "AWS::Lambda::Permission")
        }
        told = json.dumps([callers, stack.template.get("Outputs", {})])
        for alias in stack.of_type("AWS::Lambda::Alias"):
            assert f'"{alias}"' in told or f"${{{alias}}}" in told, (stack.name, alias)


def test_the_owners_of_contacts_are_asked_through_their_aliases(stacks: Stacks) -> None:
    asked = stacks["notifications"]
    for owner in ("intake", "matching", "cards"):
        output = stacks[owner].template["Outputs"]["ResolveRecipientsArn"]["Value"]
        assert stacks[owner].called(output) == "ResolveRecipients"
        parameter = {"Ref": f"{owner.capitalize()}ResolveRecipientsArn"}
        for function in asked.functions().values():
            assert asked.environment(function)[f"{owner.upper()}_RECIPIENTS"] == parameter
        allowed = [
            role for role, statement in asked.statements() if parameter in targets(statement)
        ]
        assert allowed == ["AskOwnersWhomToReach"]


def test_apis_and_the_till_start_from_a_snapshot_on_aws_only(stacks: Stacks) -> None:
    for name in app_folders():
        begun = {each: made.get("SnapStart") for each, made in stacks[name].functions().items()}
        waited_for = begun.keys() & {"APIHandler", "TakeUpdates"}
        assert all(begun.pop(each) == {"ApplyOn": "PublishedVersions"} for each in waited_for)
        assert set(begun.values()) <= {None}
        assert "SnapStart" not in stacks[name].functions("local")["APIHandler"]


def test_an_old_version_goes_because_its_snapshot_is_paid_for(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, resource in stack.resources().items():
            if resource["Type"] == "AWS::Lambda::Version":
                assert resource["DeletionPolicy"] == "Delete", (stack.name, name)


def test_every_single_change_publishes_versions_and_no_change_none(built: dict[str, Any]) -> None:
    for name, template in built.items():
        variable = copy.deepcopy(template)
        (function, *_) = [
            each
            for each in variable["Resources"].values()
            if each["Type"] == "AWS::Serverless::Function"
        ]
        function["Properties"]["Environment"] = {"Variables": {"SERVICE": "another"}}
        layer = "LayerKey" if name == "platform" else "LayerArn"
        changed = {
            "nothing": (template, AWS),
            "protection": (template, AWS | {"Protect": "no"}),
            "code": (template, AWS | {"CodeKey": "another"}),
            "parameter": (template, AWS | {"LogRetentionDays": "30"}),
            "environment": (variable, AWS),
        }
        if layer in template["Parameters"]:
            changed["layer"] = (template, AWS | {layer: "another"})
        before, *after = translate([(template, AWS), *changed.values()])
        old = set(_versions(Stack(name, before)).values())
        for what, made in zip(changed, after, strict=True):
            new = set(_versions(Stack(name, made)).values())
            if what in ("nothing", "protection"):
                assert new == old, (name, what)
            else:
                assert not new & old, (name, what)


def test_places_are_reserved_only_where_the_stage_says_so(stacks: Stacks) -> None:
    for stack in stacks.values():
        for function in stack.functions().values():
            assert "ReservedConcurrentExecutions" not in function
    reserved = stacks["intake"].where(ApiConcurrency="20", ConsumerConcurrency="5").functions()
    told = {name: each.get("ReservedConcurrentExecutions") for name, each in reserved.items()}
    assert {name for name, each in told.items() if each} == {"APIHandler", "OnMessages"}
    assert told["APIHandler"] == {"Ref": "ApiConcurrency"}


# the edge -------------------------------------------------------------------------------------


def _apis(stacks: Stacks) -> Iterator[tuple[Stack, dict[str, Any]]]:
    for name in app_folders():
        (api,) = stacks[name].of_type("AWS::ApiGateway::RestApi").values()
        yield stacks[name], api


def test_every_api_has_one_stage_that_is_throttled_and_logged(stacks: Stacks) -> None:
    for stack, _ in _apis(stacks):
        (stage,) = stack.of_type("AWS::ApiGateway::Stage").values()
        (limits,) = stage["MethodSettings"]
        assert (limits["ResourcePath"], limits["HttpMethod"]) == ("/*", "*")
        assert 0 < limits["ThrottlingRateLimit"] <= limits["ThrottlingBurstLimit"]
        assert stage["AccessLogSetting"]["DestinationArn"] == {"Fn::GetAtt": ["AccessLog", "Arn"]}
        for deployment in stack.of_type("AWS::ApiGateway::Deployment").values():
            assert "StageName" not in deployment, "a second stage, which nothing limits"


def test_routes_are_measured_one_by_one_only_where_the_stage_says_so(stacks: Stacks) -> None:
    for stack, _ in _apis(stacks):
        for asked, measured in (("no", False), ("yes", True)):
            of_stage = stack.where(RouteMetrics=asked).of_type("AWS::ApiGateway::Stage")
            (stage,) = of_stage.values()
            assert stage["MethodSettings"][0]["MetricsEnabled"] is measured


def test_the_host_of_all_apis_is_the_only_way_in(stacks: Stacks) -> None:
    for stack, api in _apis(stacks):
        told = api["Body"]["x-amazon-apigateway-endpoint-configuration"]
        assert told == {"disableExecuteApiEndpoint": True}
        (mapping,) = stack.of_type("AWS::ApiGateway::BasePathMapping").values()
        (stage,) = stack.of_type("AWS::ApiGateway::Stage")
        assert mapping["Stage"] == {"Ref": stage}


def test_the_gateway_calls_from_its_one_stage(stacks: Stacks) -> None:
    for stack, _ in _apis(stacks):
        sources = [
            permission["SourceArn"]["Fn::Sub"]
            for permission in stack.of_type("AWS::Lambda::Permission").values()
            if permission["Principal"] == "apigateway.amazonaws.com"
        ]
        told = {json.dumps(each) for each in sources if "/authorizers/" not in json.dumps(each)}
        (stage,) = stack.of_type("AWS::ApiGateway::Stage")
        for only in told:
            assert re.search(r"\$\{(Stage|RestAPIapiStage)\}/(POST/v1/webhooks/)?\*", only), only
            assert stage in only


def test_every_api_answers_in_problems(stacks: Stacks) -> None:
    for _, api in _apis(stacks):
        for answer in api["Body"]["x-amazon-apigateway-gateway-responses"].values():
            told = json.loads(answer["responseTemplates"]["application/json"])
            assert told["type"] == f"urn:ryadom:problem:{told['code']}"
            assert re.search("[а-я]", told["detail"])


def test_the_local_gateway_tells_the_same_problems(stacks: Stacks) -> None:
    for stack, api in _apis(stacks):
        local = stack.of_type("AWS::ApiGateway::GatewayResponse", stage="local")
        told = {each["ResponseType"]: each["ResponseTemplates"] for each in local.values()}
        answers = api["Body"]["x-amazon-apigateway-gateway-responses"]
        assert told == {kind: each["responseTemplates"] for kind, each in answers.items()}
        assert not stack.of_type("AWS::ApiGateway::GatewayResponse")


def test_business_time_cannot_be_moved_on_aws(stacks: Stacks) -> None:
    for stack in stacks.values():
        for function in stack.functions().values():
            assert "CLOCK_FILE" not in stack.environment(function)
    clocked = [
        name
        for name, function in stacks["intake"].functions("local").items()
        if "CLOCK_FILE" in stacks["intake"].environment(function)
    ]
    assert clocked


def test_protected_routes_ask_the_platforms_one_authorizer(stacks: Stacks) -> None:
    platform = stacks["platform"]
    output = platform.template["Outputs"]["AuthorizerArn"]["Value"]
    assert platform.called(output) == "Authorizer"
    for service in SERVICES:
        (api,) = stacks[service].of_type("AWS::ApiGateway::RestApi").values()
        asked_by = stacks[service].of_type("AWS::Lambda::Permission")["AuthorizerMayBeAsked"]
        assert asked_by["FunctionName"] == {"Ref": "AuthorizerArn"}
        for scheme in api["Body"]["securityDefinitions"].values():
            asked = scheme["x-amazon-apigateway-authorizer"]
            assert "${AuthorizerArn}" in asked["authorizerUri"]["Fn::Sub"]
            assert asked["authorizerResultTtlInSeconds"] == 60


def test_every_parameter_is_known_before_its_stack_is_deployed(stacks: Stacks) -> None:
    known = {"Stage", "CodeBucket", "CodeKey", "RootKey", *NEEDED}
    known |= {f"{layer}{fact}" for layer in RESOURCES.values() for fact in ("Key", "Hash")}
    known |= set(stacks["platform"].template["Outputs"]) | {"PeopleKeyArn"}
    for wave in waves({name: stack.template for name, stack in stacks.items()}):
        for name in wave:
            asked = stacks[name].template["Parameters"]
            assert {each for each, facts in asked.items() if "Default" not in facts} <= known
        for name in wave:
            outputs = stacks[name].template.get("Outputs", {})
            known |= {output_name(name, output) for output in outputs}


def test_stacks_go_in_the_order_of_what_they_ask_of_each_other(stacks: Stacks) -> None:
    found = list(waves({name: stack.template for name, stack in stacks.items()}))
    assert found[0] == ("platform",)
    place = {name: number for number, wave in enumerate(found) for name in wave}
    assert place.keys() == stacks.keys()
    assert place["till"] > place["cards"]
    assert place["notifications"] > max(place["intake"], place["matching"], place["cards"])


def test_stacks_that_ask_each_other_for_outputs_are_refused() -> None:
    output = {"Arn": {"Value": "x"}}
    one = {"Parameters": {"TwoArn": {}}, "Outputs": output}
    two = {"Parameters": {"OneArn": {}}, "Outputs": output}
    with pytest.raises(CycleError):
        list(waves({"one": one, "two": two}))


# alarms -------------------------------------------------------------------------------------


def _alarms(stack: Stack) -> dict[str, dict[str, Any]]:
    return stack.of_type("AWS::CloudWatch::Alarm")


def _watched(stack: Stack) -> set[str]:
    told = [alarm for alarm in _alarms(stack).values() if "MetricName" in alarm]
    return {f"{alarm['Namespace']}/{alarm['MetricName']}" for alarm in told}


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


@pytest.mark.requirement("X-07")
def test_the_promises_to_families_and_stores_are_watched(stacks: Stacks) -> None:
    watched = {"Ryadom/introduction_overdue", "Ryadom/follow_up_missed"}
    assert watched <= _watched(stacks["matching"])
    assert "Ryadom/message_failed" in _watched(stacks["notifications"])
    watched = {"Ryadom/card_check_refused", "Ryadom/store_key_locked"}
    watched.add("Ryadom/card_check_throttled")
    assert watched <= _watched(stacks["till"])


def test_errors_throttles_and_the_timeout_of_every_function_are_watched(stacks: Stacks) -> None:
    for stack in stacks.values():
        for metric in ("Errors", "Throttles", "Duration"):
            watched = {
                alarm["Dimensions"][0]["Value"]["Ref"]: alarm
                for alarm in _alarms(stack).values()
                if alarm.get("MetricName") == metric
            }
            assert set(watched) == set(stack.functions()), (stack.name, metric)
        for name, function in stack.functions().items():
            limit = _alarms(stack)[f"{name}TimeoutAlarm"]
            assert limit["Statistic"] == "Maximum"
            assert limit["Threshold"] == function["Timeout"] * 800


def test_throttles_of_every_table_and_index_are_watched(stacks: Stacks) -> None:
    for service in SERVICES:
        watched = {
            (metric["MetricName"], *(each["Value"] for each in metric["Dimensions"][1:]))
            for alarm in _alarms(stacks[service]).values()
            for each in alarm.get("Metrics", ())
            if (metric := each.get("MetricStat", {}).get("Metric"))
            and metric["Dimensions"][0]["Value"] == {"Ref": "DataTable"}
        }
        indexes = ("region", "owner", "ref", "state", "district", "programme", "due")
        places = [(), *((f"by_{each}",) for each in indexes)]
        kinds = ("ReadThrottleEvents", "WriteThrottleEvents")
        assert watched == {(kind, *place) for kind in kinds for place in places}
    for stack in stacks.values():
        for table in stack.of_type("AWS::DynamoDB::Table"):
            for kind in ("Reads", "Writes"):
                alarm = _alarms(stack)[f"{table}{kind}ThrottledAlarm"]
                assert len(alarm["Metrics"]) <= 10 + 1  # metrics, and the sum of them


def test_every_sweeper_that_falls_silent_is_noticed(stacks: Stacks) -> None:
    """A dead sweeper tells nothing, and with it goes every figure that an alarm could see."""
    for service in SERVICES:
        rules = stacks[service].of_type("AWS::Events::Rule").values()
        sweepers = [each for each in rules if "ScheduleExpression" in each]
        silent = {
            alarm["MetricName"]
            for alarm in _alarms(stacks[service]).values()
            if alarm["TreatMissingData"] == "breaching"
            and (alarm["Statistic"], alarm["ComparisonOperator"], alarm["Threshold"])
            == ("SampleCount", "LessThanThreshold", 1)
        }
        assert silent == {"outbox_lag", "deadline_lag"}
        assert len(sweepers) == len(silent)


def test_bursts_of_bad_keys_are_noticed(stacks: Stacks) -> None:
    assert "Ryadom/store_key_refused" in _watched(stacks["till"])
    assert "Ryadom/token_refused" in _watched(stacks["platform"])


def test_our_own_metrics_are_looked_for_under_service_and_stage(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, alarm in _alarms(stack).items():
            if alarm.get("Namespace") == "Ryadom":
                told = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
                assert set(told) == {"service", "stage"}, (stack.name, name)
                assert told["stage"] == {"Ref": "Stage"}


def test_a_stage_has_one_dashboard_and_it_shows_that_stage_alone(stacks: Stacks) -> None:
    (board,) = [
        each for stack in stacks.values()
        for each in stack.of_type("AWS::CloudWatch::Dashboard").values()
    ]  # fmt: skip
    text = re.sub(r"\$\{[^}]*\}", "test", board["DashboardBody"]["Fn::Sub"])
    searches = [
        metric["expression"]
        for widget in json.loads(text)["widgets"]
        if widget["type"] == "metric"
        for (metric,) in widget["properties"]["metrics"]
    ]
    assert searches
    for search in searches:
        ours = search.startswith("SEARCH('{Ryadom,service,stage} MetricName=")
        assert ('stage="test"' in search) if ours else search.split("'")[1].endswith(" test")


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
            if alarm.get("Namespace") == "Ryadom":
                assert f'"{alarm["MetricName"]}"' in code, alarm["MetricName"]
