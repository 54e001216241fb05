"""What each function runs, what its settings hold, and that a stage holds nothing unasked for."""

import json
import re
from collections import Counter
from typing import Any

from infra.packaging.runtime import DEFAULT
from infra.services import INFRA, service_names
from services.notifications.bots.use_cases import WEBHOOK_PATH
from services.notifications.messages.rendering import FEEDBACK_PATH
from services.notifications.preferences.policy import PAGE_PATH
from tests.infra.stack_reader import AWS, Stacks

SERVICES = service_names()
HANDLERS = {
    "APIHandler": "app.app",
    "OnMessages": "app.on_messages",
    "OnJobs": "app.on_jobs",
    "ResolveRecipients": "app.resolve_recipients",
    "SweepDeadlines": "app.sweep_deadlines",
    "TakeUpdates": "app.take_updates",
    "RelayOutbox": "shared.messaging.outbox.relay_handler",
    "SweepOutbox": "shared.messaging.outbox.sweep_handler",
    "SolveAssignment": "services.matching.assignment.solver.handler",
    "Authorizer": "shared.identity.authorizer.handler",
}
FED_BY = {
    "OnMessages": ["Queue", "Arn"],
    "OnJobs": ["JobsQueue", "Arn"],
    "RelayOutbox": ["OutboxTable", "StreamArn"],
}
_POOL = "https://cognito-idp.${AWS::Region}.amazonaws.com/${UserPool}"
# By its name a setting says what it holds: one of another name would be read for it.
HOLDS: dict[str, Any] = {
    "ALLOWED_ORIGINS": {"Ref": "AllowedOrigins"},
    "API_URL": {"Fn::Sub": "https://${DomainName}"},
    "ASSIGNMENT_FUNCTION": {"Ref": "SolveAssignmentAliaslive"},
    "AUDIENCE": {"Ref": "UserPoolClient"},
    "AUDIT_TABLE": {"Ref": "AuditTable"},
    "BUS_NAME": {"Ref": "BusName"},
    "CARDS_RECIPIENTS": {"Ref": "CardsResolveRecipientsArn"},
    "CHANNEL_SECRETS": {"Ref": "ChannelSecrets"},
    "CLAIMS": {"Ref": "Claims"},
    "DATA_TABLE": {"Ref": "DataTable"},
    "FILES_BUCKET": {"Ref": "FilesBucket"},
    "INTAKE_RECIPIENTS": {"Ref": "IntakeResolveRecipientsArn"},
    "ISSUER": {"Fn::Sub": _POOL},
    "JOBS_QUEUE_URL": {"Ref": "JobsQueue"},
    "JWKS_URL": {"Fn::Sub": f"{_POOL}/.well-known/jwks.json"},
    "KEYS_TABLE": {"Ref": "KeysTable"},
    "MACHINE_KEY_ARN": {"Fn::GetAtt": ["MachineKey", "Arn"]},
    "MACHINE_TOKENS_TABLE": {"Ref": "MachineTokensTable"},
    "MATCHING_RECIPIENTS": {"Ref": "MatchingResolveRecipientsArn"},
    "OUTBOX_TABLE": {"Ref": "OutboxTable"},
    "PEOPLE_KEYS": {
        "Fn::Sub": '{"cards": "${CardsPeopleKey.Arn}", "intake": "${IntakePeopleKey.Arn}",'
        ' "matching": "${MatchingPeopleKey.Arn}"}'
    },
    "PEOPLE_KEY_ARN": {"Ref": "PeopleKeyArn"},
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "QUEUE_URL": {"Ref": "Queue"},
    "REFERENCE_TABLE": {"Ref": "ReferenceTableName"},
    "ROOT_KEY": {"Ref": "RootKey"},
    "SERVICE": {"Ref": "Service"},
    "SIGN_IN_CODES_AN_HOUR": {"Ref": "SignInCodesAnHour"},
    "SMS_PART_KOPECKS": {"Ref": "SmsPartKopecks"},
    "STAGE": {"Ref": "Stage"},
    "STRANGER_MESSAGES_AN_HOUR": {"Ref": "StrangerMessagesAnHour"},
    "TELEPHONY_SECRETS": {"Ref": "TelephonySecrets"},
    "USER_POOL_ID": {"Ref": "UserPool"},
}
OF_STACK: dict[str, dict[str, Any]] = {
    "platform": {"SERVICE": "platform"},
    # The till works on two tables of cards.
    "till": {
        "DATA_TABLE": {"Ref": "CardsDataTableName"},
        "OUTBOX_TABLE": {"Ref": "CardsOutboxTableName"},
    },
}
# What only some functions of a stack are given; all others each of them has.
OF_API = {
    "ALLOWED_ORIGINS", "PEOPLE_KEY_ARN", "SIGN_IN_CODES_AN_HOUR", "STRANGER_MESSAGES_AN_HOUR",
    "TELEPHONY_SECRETS",
}  # fmt: skip
OF_API_OF = {"cards": {"API_URL"}}
OF_API_AND_JOBS = {"ASSIGNMENT_FUNCTION", "FILES_BUCKET"}
# Each kind of resource that a stage may hold; how many, where there is but one.
KINDS = {
    f"AWS::{kind}"
    for kind in (
        "ApiGateway::BasePathMapping", "ApiGateway::Deployment", "ApiGateway::RestApi",
        "ApiGateway::Stage", "CloudWatch::Alarm", "Cognito::UserPoolGroup", "DynamoDB::Table",
        "Events::Rule", "IAM::Policy", "IAM::Role", "KMS::Key", "Lambda::Alias",
        "Lambda::EventInvokeConfig", "Lambda::EventSourceMapping", "Lambda::Function",
        "Lambda::LayerVersion",
        "Lambda::Permission", "Lambda::Version", "Logs::LogGroup", "S3::Bucket",
        "S3::BucketPolicy", "SQS::Queue", "SQS::QueuePolicy", "WAFv2::WebACLAssociation",
    )
}  # fmt: skip
SINGLE = {
    f"AWS::{kind}"
    for kind in (
        "ApiGateway::DomainName", "CloudWatch::Dashboard", "Cognito::ManagedLoginBranding",
        "Cognito::UserPool", "Cognito::UserPoolClient", "Cognito::UserPoolDomain",
        "Events::Archive", "Events::EventBus", "KMS::Alias", "SNS::Topic", "WAFv2::WebACL",
    )
}  # fmt: skip


def test_each_function_runs_what_it_is_named_after(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, function in stack.functions().items():
            assert function["Handler"] == HANDLERS[name], (stack.name, name)


def test_each_function_is_made_of_the_zip_of_its_stack(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, function in stack.functions().items():
            place = {"S3Bucket": AWS["CodeBucket"], "S3Key": "the-CodeKey"}
            assert function["Code"] == place, (stack.name, name)


def test_each_layer_holds_its_own_libraries(stacks: Stacks) -> None:
    for name, layer in stacks["platform"].of_type("AWS::Lambda::LayerVersion").items():
        assert layer["Content"] == {
            "S3Bucket": {"Ref": "CodeBucket"},
            "S3Key": {"Ref": f"{name}Key"},
        }
        assert layer["CompatibleRuntimes"] == [{"Ref": "PythonRuntime"}]


# What is no name, address or id of a resource; the tests of what it is about look at each.
OF_ITS_OWN = {"DomainTarget", "Issuer", "LoginPage"}
# Of these a reference is the ARN.
REFERRED = ("AWS::Lambda::Alias", "AWS::Lambda::LayerVersion", "AWS::SNS::Topic")


def test_an_output_is_of_the_resource_that_its_name_says(stacks: Stacks) -> None:
    """Other stacks and the operators' commands take it for that."""
    for stack in stacks.values():
        found = stack.resources()
        for output, told in stack.template["Outputs"].items():
            if output in OF_ITS_OWN:
                continue
            name = re.sub("(Name|Arn|Url|Id|ID)$", "", output)
            alias = f"{name}Aliaslive"
            name = alias if alias in found else name
            asks_arn = output.endswith("Arn") and found[name]["Type"] not in REFERRED
            expected = {"Fn::GetAtt": [name, "Arn"]} if asks_arn else {"Ref": name}
            assert told["Value"] == expected, (stack.name, output)


def test_operators_find_what_their_commands_ask_a_stage_for(stacks: Stacks) -> None:
    code = "".join(path.read_text("utf-8") for path in INFRA.rglob("*.py"))
    asked = set(re.findall(r'facts\["([A-Z]\w+)"\]', code))
    said = {name for stack in stacks.values() for name in stack.template["Parameters"]}
    assert asked - said <= stacks["platform"].template["Outputs"].keys()
    assert asked >= {"MachineKeyArn", "MachineTokensTableName", "ReferenceTableName", "UserPoolId"}


# Of a parameter that a stage's file does not say; all others are empty, and switch nothing on.
LEFT_OUT = {
    "LogRetentionDays": 90,
    "Protect": "no",
    "PythonRuntime": DEFAULT,
    "RequestsFromAnAddress": 3000,
    "RouteMetrics": "no",
    "SignInCodesAnHour": 600,
    "StrangerMessagesAnHour": 600,
}
# What each stage says, and what the deploy does.
SAID = {"DomainName", "Service", "WebAclArn"}


def test_what_a_stage_does_not_say_is_careful(built: dict[str, Any]) -> None:
    for name, template in built.items():
        for parameter, facts in template["Parameters"].items():
            if "Default" in facts and parameter not in SAID:
                assert facts["Default"] == LEFT_OUT.get(parameter, ""), (name, parameter)


def test_a_root_key_is_not_shown_to_who_looks_at_a_stack(built: dict[str, Any]) -> None:
    for template in built.values():
        told = template["Parameters"].get("RootKey", {"NoEcho": True})
        assert told["NoEcho"] is True


def test_what_a_stage_says_is_used(built: dict[str, Any]) -> None:
    """SAM writes values of parameters in, so on what it makes no linter sees one that is lost."""
    for name, template in built.items():
        text = json.dumps([template[part] for part in template.keys() - {"Parameters"}])
        for parameter in template["Parameters"]:
            used = f'{{"Ref": "{parameter}"}}' in text or f"${{{parameter}}}" in text
            assert used, (name, parameter)


def test_each_queue_and_stream_is_worked_by_its_own_function(stacks: Stacks) -> None:
    for service in SERVICES:
        fed = {
            stacks[service].called(source["FunctionName"]): source["EventSourceArn"]["Fn::GetAtt"]
            for source in stacks[service].of_type("AWS::Lambda::EventSourceMapping").values()
        }
        assert fed == {
            name: place for name, place in FED_BY.items() if name in stacks[service].functions()
        }


def test_each_setting_holds_what_its_name_says(stacks: Stacks) -> None:
    for stack in stacks.values():
        holds = HOLDS | OF_STACK.get(stack.name, {})
        for name, function in stack.functions().items():
            for setting, value in stack.environment(function).items():
                assert value == holds[setting], (stack.name, name, setting)


def test_no_function_lacks_a_setting_that_the_others_of_its_stack_have(stacks: Stacks) -> None:
    for stack in stacks.values():
        functions = stack.functions()
        has = {name: set(stack.environment(each)) for name, each in functions.items()}
        for setting in set().union(*has.values()):
            asked = set(functions)
            if setting in OF_API | OF_API_OF.get(stack.name, set()):
                asked = {"APIHandler"}
            elif setting in OF_API_AND_JOBS:
                asked = {"APIHandler", "OnJobs"}
            assert {name for name in has if setting in has[name]} == asked, (stack.name, setting)


def test_no_function_leads_people_to_a_host_that_is_not_ours(stacks: Stacks) -> None:
    """`PublicUrl` is a site that no template owns: no page and no call-back of ours is there."""
    for stack in stacks.values():
        for name, function in stack.functions().items():
            assert "PublicUrl" not in json.dumps(stack.environment(function)), (stack.name, name)
    (api,) = stacks["notifications"].of_type("AWS::ApiGateway::RestApi").values()
    for path in (FEEDBACK_PATH, PAGE_PATH, WEBHOOK_PATH):
        route = path.removeprefix("/notifications")  # the base path, which the gateway takes off
        assert [each for each in api["Body"]["paths"] if each.startswith(route + "{")], path


def test_a_stage_holds_no_kind_of_resource_that_is_not_asked_for(stacks: Stacks) -> None:
    """A function's own address, a second topic, logs that flow elsewhere: each is a way out."""
    held = Counter(
        resource["Type"] for stack in stacks.values() for resource in stack.resources().values()
    )
    assert set(held) == KINDS | SINGLE
    assert {kind: held[kind] for kind in SINGLE} == dict.fromkeys(SINGLE, 1)


# What the emulator lacks, or takes and does otherwise (infra/README.md), and what it has instead.
AWS_ONLY = {
    "AWS::Cognito::ManagedLoginBranding", "AWS::Cognito::UserPoolDomain", "AWS::Events::Archive",
    "AWS::S3::BucketPolicy", "AWS::WAFv2::WebACL", "AWS::WAFv2::WebACLAssociation",
}  # fmt: skip
LOCAL_ONLY = {"AWS::ApiGateway::GatewayResponse"}


def test_the_local_platform_is_asked_for_nothing_that_it_lacks(stacks: Stacks) -> None:
    for stack in stacks.values():
        aws, local = (
            {name: each["Type"] for name, each in stack.resources(stage).items()}
            for stage in ("aws", "local")
        )
        on_aws = {name for name, kind in aws.items() if kind in AWS_ONLY}
        summed = {
            name
            for name, each in stack.resources().items()
            if "Metrics" in each.get("Properties", {})
        }
        assert aws.keys() - local.keys() == on_aws | summed, stack.name
        assert {local[name] for name in local.keys() - aws.keys()} <= LOCAL_ONLY, stack.name


# What is said of what holds data or does work. Each of the rest would be a way out or a loss: a
# page or copy of a bucket, a policy or second stream of a table, a delay, a trace, another place.
SAYS = {
    "ApiGateway::RestApi": "Body EndpointConfiguration Name Parameters",
    "ApiGateway::Stage": "AccessLogSetting DeploymentId MethodSettings RestApiId StageName"
    " TracingEnabled",
    "DynamoDB::Table": "AttributeDefinitions BillingMode DeletionProtectionEnabled"
    " GlobalSecondaryIndexes KeySchema PointInTimeRecoverySpecification SSESpecification"
    " StreamSpecification TableName TimeToLiveSpecification",
    "Lambda::EventSourceMapping": "BatchSize BisectBatchOnFunctionError EventSourceArn"
    " FilterCriteria FunctionName FunctionResponseTypes MaximumRecordAgeInSeconds"
    " MaximumRetryAttempts ScalingConfig StartingPosition",
    "Lambda::Function": "Architectures Code Description Environment FunctionName Handler Layers"
    " MemorySize RecursiveLoop Role Runtime SnapStart Tags Timeout TracingConfig",
    "S3::Bucket": "BucketEncryption BucketName LifecycleConfiguration OwnershipControls"
    " PublicAccessBlockConfiguration",
    "SNS::Topic": "KmsMasterKeyId TopicName",
    "SQS::Queue": "MessageRetentionPeriod QueueName RedrivePolicy SqsManagedSseEnabled"
    " VisibilityTimeout",
}


def test_nothing_is_said_of_a_resource_that_is_not_asked_for(stacks: Stacks) -> None:
    said: dict[str, set[str]] = {kind: set() for kind in SAYS}
    for stack in stacks.values():
        for kind in SAYS:
            said[kind].update(*stack.of_type(f"AWS::{kind}").values())
        for name, function in stack.functions().items():
            traced = function.get("TracingConfig", {"Mode": "PassThrough"})
            assert traced == {"Mode": "PassThrough"}, (stack.name, name)
        for stage in stack.of_type("AWS::ApiGateway::Stage").values():
            assert stage["TracingEnabled"] is False, stack.name
    assert said == {kind: set(names.split()) for kind, names in SAYS.items()}


def test_the_relay_begins_with_the_oldest_row_that_its_stream_has(stacks: Stacks) -> None:
    for service in SERVICES:
        sources = stacks[service].of_type("AWS::Lambda::EventSourceMapping").values()
        begins = [each["StartingPosition"] for each in sources if "StartingPosition" in each]
        assert begins == ["TRIM_HORIZON"], service


def test_no_policy_of_an_api_lets_anybody_in_or_keeps_anybody_out(stacks: Stacks) -> None:
    """Who may call is said once: by the authorizer, the web ACL and the closed endpoint."""
    for name, stack in stacks.items():
        for api in stack.of_type("AWS::ApiGateway::RestApi").values():
            assert "Policy" not in api, name
            assert "x-amazon-apigateway-policy" not in api["Body"], name
