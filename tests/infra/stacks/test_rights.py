"""The whole of what functions and strangers may do: one right or one door more is seen here."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from infra.services import ROOT, app_folders, service_names
from tests.infra.stack_reader import Stack, Stacks, actions, targets

WRITE_PATH = {"GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"}
CONSUME = {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"}
READ_STREAM = {"DescribeStream", "GetRecords", "GetShardIterator"}
INVOKE, READ, TELL = {"InvokeFunction"}, {"GetItem"}, {"SendMessage"}
OF_A_SERVICE: dict[str, set[str]] = {
    "DataTable": WRITE_PATH,
    "DataTable/index/*": {"Query"},
    "OutboxTable": {"PutItem"},
    "AuditTable": {"PutItem"},
    "KeysTable": {"GetItem", "PutItem"},
    "ReferenceTableName": READ,
    "KeyArn": {"Decrypt"},
    "Queue": TELL,
    "JobsQueue": TELL,
    "FilesBucket": {"ListBucket"},
    "FilesBucket/*": {"GetObject", "PutObject"},
    "SolveAssignmentAliaslive": INVOKE,
}
OWNERS = {f"{name}ResolveRecipientsArn": INVOKE for name in ("Intake", "Matching", "Cards")}
CHANNELS = {f"Channel{name}": {"GetParameter"} for name in ("Secrets", "Roots")}
SEND_MAIL = {"identity/*": {"SendEmail"}, "configuration-set/*": {"SendEmail"}}
PUBLISH = {"BusArn": {"PutEvents"}, "OutboxTable": {"UpdateItem"}}
# The most that the role of a function may do with each resource.
ROLES: dict[str, dict[str, set[str]]] = {
    "ApiRole": OF_A_SERVICE
    | OWNERS
    | {"PeopleKeyArn": {"Sign"}, "TelephonySecrets": {"GetParameter"}}
    | {"AuditTable": {"PutItem", "Query"}},
    "OnMessagesRole": OF_A_SERVICE | OWNERS | CHANNELS | SEND_MAIL | {"Queue": CONSUME | TELL},
    "OnJobsRole": OF_A_SERVICE
    | {"JobsQueue": CONSUME | TELL}
    | {"FilesBucket/*": {"GetObject", "PutObject", "DeleteObject"}},
    "ResolveRecipientsRole": {
        "DataTable": READ,
        "KeysTable": READ,
        "AuditTable": {"PutItem"},
        "ReferenceTableName": READ,
        "KeyArn": {"Decrypt"},
    },
    "TakeUpdatesRole": {
        "DataTable": {"GetItem", "BatchGetItem", "PutItem"},
        "DataTable/index/*": {"Query"},
        "KeysTable": {"GetItem", "PutItem"},
        "AuditTable": {"PutItem"},
        "OutboxTable": {"PutItem"},
        "Queue": TELL,
        "KeyArn": {"Decrypt"},
        **CHANNELS,
    },
    "SweepDeadlinesRole": {
        "DataTable/index/by_due": {"Query"},
        "DataTable": {"UpdateItem"},
        "Queue": TELL,
        "JobsQueue": TELL,
    },
    "SweepOutboxRole": PUBLISH | {"OutboxTable/index/by_pending": {"Query"}},
    "RelayOutboxRole": PUBLISH
    | {"OutboxTable": READ_STREAM | {"UpdateItem"}, "*": {"ListStreams"}},
    "SolveAssignmentRole": {},
    "AuthorizerRole": {
        **{f"{name}Key": {"GetPublicKey"} for name in ("Machine", "CardsPeople", "IntakePeople")},
        "MatchingPeopleKey": {"GetPublicKey"},
        "MachineTokensTable": READ,
        "UserPool": {"AdminGetUser"},
    },
}
OF_THE_TILL: dict[str, set[str]] = {
    "CardsDataTableName": {"BatchGetItem", "UpdateItem"},
    "CardsOutboxTableName": {"BatchGetItem", "PutItem"},
    "KeyArn": {"Decrypt"},
}
# What calls systems of others has rows of its own and nothing that names a person.
OF_WEBHOOKS: dict[str, set[str]] = {
    "DataTable": {"GetItem", "PutItem", "UpdateItem"},
    "OutboxTable": {"PutItem"},
    "AuditTable": {"PutItem"},
    "ReferenceTableName": READ,
    "KeyArn": {"Decrypt"},
    "Queue": TELL,
    "JobsQueue": CONSUME | TELL,
}
# What a stage may say, so that no condition leaves a policy out.
SECRETS = {"ChannelSecrets": "/c", "ChannelRoots": "/r", "TelephonySecrets": "/t"}
# What a stack is made of. Another kind may open a door (a function's URL, a policy of a bus or a
# topic) or give rights (a managed policy) that nothing here would see.
KINDS = {
    "ApiGateway": {"BasePathMapping", "Deployment", "DomainName", "RestApi", "Stage"},
    "CloudWatch": {"Alarm", "Dashboard"},
    "Cognito": {
        "ManagedLoginBranding", "UserPool", "UserPoolClient", "UserPoolDomain", "UserPoolGroup"
    },
    "DynamoDB": {"Table"},
    "Events": {"Archive", "EventBus", "Rule"},
    "IAM": {"Policy", "Role"},
    "KMS": {"Alias", "Key"},
    "Lambda": {
        "Alias", "EventInvokeConfig", "EventSourceMapping", "Function", "LayerVersion",
        "Permission", "Version",
    },
    "Logs": {"LogGroup"},
    "S3": {"Bucket", "BucketPolicy"},
    "SNS": {"Topic"},
    "SQS": {"Queue", "QueuePolicy"},
    "WAFv2": {"WebACL", "WebACLAssociation"},
}  # fmt: skip


def _named(target: Any) -> str:
    """A resource by its own name or by that of the parameter which names it."""
    match target:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
            return name
        case {"Fn::Sub": str(text)}:
            place = r"arn:\$\{AWS::Partition\}:\w+:\$\{AWS::Region\}:\$\{AWS::AccountId\}:"
            own = re.sub(rf"^{place}(table/|parameter)?", "", text)
            return re.sub(r"\$\{(\w+)(\.Arn)?\}", r"\1", own)
    return str(target)


def _too_much(stack: Stack, role: str) -> Iterator[str]:
    """What a role may do beyond the most."""
    most = OF_THE_TILL if stack.name == "till" else ROLES[role]
    for statement in stack.granted(role):
        told = {each.partition(":")[2] for each in actions(statement)}
        for target in map(_named, targets(statement)):
            if target.startswith("log-group:"):
                allowed = {"CreateLogStream", "PutLogEvents"}
            else:
                allowed = most.get(target, set())
            yield from (f"{stack.name} {role}: {each} {target}" for each in told - allowed)


def test_no_role_may_do_more_than_its_function_needs(stacks: Stacks) -> None:
    for stack in stacks.values():
        whole = stack.where(**SECRETS)
        roles = whole.of_type("AWS::IAM::Role")
        assert [each for role in roles for each in _too_much(whole, role)] == []
        used = {each["Role"]["Fn::GetAtt"][0] for each in whole.functions().values()}
        assert used == set(roles)
        lambdas = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
        for role in roles.values():
            assert role.keys() == {"AssumeRolePolicyDocument", "Policies"}  # no managed policies
            trusted = role["AssumeRolePolicyDocument"]["Statement"]
            assert trusted == [lambdas | {"Action": "sts:AssumeRole"}]


# These differ from service to service by what the service has; of the rest each has the whole.
OF_SOME = {"FilesBucket", "FilesBucket/*", "SolveAssignmentAliaslive", "TelephonySecrets"}
OF_SOME |= {"PeopleKeyArn", *OWNERS, *SEND_MAIL, *CHANNELS}
FILES = {
    role: {name: ROLES[role][name] for name in ("FilesBucket", "FilesBucket/*")}
    for role in ("ApiRole", "OnJobsRole")
}


def test_each_role_may_do_all_that_its_function_does(stacks: Stacks) -> None:
    """The tests of services find what a story of theirs does; a right that none needs is here."""
    for service in service_names():
        stack = stacks[service].where(**SECRETS)
        for role in stack.of_type("AWS::IAM::Role"):
            needed = ROLES[role]
            if (service, role) == ("notifications", "OnJobsRole"):
                needed = OF_WEBHOOKS
            absent = OF_SOME | ({"JobsQueue"} - stack.resources().keys())
            whole = {name: each for name, each in needed.items() if name not in absent}
            assert _lacking(stack, role, whole) == {}, service
    for name, role, more in (
        *((name, role, FILES[role]) for name in ("cards", "matching") for role in FILES),
        *(
            (name, "ApiRole", {"PeopleKeyArn": {"Sign"}})
            for name in ("cards", "intake", "matching")
        ),
        ("intake", "ApiRole", {"TelephonySecrets": {"GetParameter"}}),
        ("notifications", "ApiRole", OWNERS),
        ("notifications", "OnMessagesRole", OWNERS | CHANNELS | SEND_MAIL),
        ("notifications", "TakeUpdatesRole", CHANNELS),
    ):
        assert _lacking(stacks[name].where(**SECRETS), role, more) == {}
    assert _lacking(stacks["till"], "ApiRole", OF_THE_TILL) == {}
    assert _lacking(stacks["platform"], "AuthorizerRole", ROLES["AuthorizerRole"]) == {}


def test_no_secret_is_read_where_the_stage_names_none(stacks: Stacks) -> None:
    for stack in stacks.values():
        for role, statement in stack.statements():
            assert not [each for each in actions(statement) if each.startswith("ssm:")], role


def _lacking(stack: Stack, role: str, needed: dict[str, set[str]]) -> dict[tuple[str, str], Any]:
    """What a role needs and may not do, by role and resource."""
    told = _granted(stack, role)
    return {(role, name): each for name, each in needed.items() if told.get(name) != each}


def _granted(stack: Stack, role: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for statement in stack.granted(role):
        for target in map(_named, targets(statement)):
            found[target] |= {each.partition(":")[2] for each in actions(statement)}
    return found


def test_each_function_may_write_its_own_log_and_no_other(stacks: Stacks) -> None:
    """Without it Lambda runs the function all the same, and what it says is nowhere."""
    place = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/"
    for stack in stacks.values():
        for name, function in stack.functions().items():
            told = [
                each
                for each in stack.granted(function["Role"]["Fn::GetAtt"][0])
                if any(one.startswith("logs:") for one in actions(each))
            ]
            called = function["FunctionName"]["Fn::Sub"]
            assert called.startswith("${AWS::StackName}-"), (stack.name, name)
            assert told == [
                {
                    "Effect": "Allow",
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": {"Fn::Sub": f"{place}{called}:*"},
                }
            ], (stack.name, name)


def test_no_right_is_listed_that_no_role_has(stacks: Stacks) -> None:
    """So that the lists above do not outlive what they allow."""
    granted: dict[str, set[str]] = defaultdict(set)
    for stack in stacks.values():
        for _, statement in stack.where(**SECRETS).statements():
            for target in map(_named, targets(statement)):
                granted[target] |= {each.partition(":")[2] for each in actions(statement)}
    for most in (*ROLES.values(), OF_THE_TILL):
        for target, allowed in most.items():
            assert allowed <= granted[target], (target, allowed - granted[target])


def test_a_stack_is_made_of_what_these_tests_look_at(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, resource in stack.resources().items():
            _, service, kind = resource["Type"].split("::")
            assert kind in KINDS.get(service, ()), (stack.name, name, resource["Type"])


def test_a_key_is_administered_by_the_account_and_used_by_roles_alone(stacks: Stacks) -> None:
    account = {
        "Sid": "TheAccountAdministers",
        "Effect": "Allow",
        "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
        "Action": "kms:*",
        "Resource": "*",
    }
    for name, key in stacks["platform"].of_type("AWS::KMS::Key").items():
        first, *more = key["KeyPolicy"]["Statement"]
        assert first == account, name
        # test_alarms.py says what the other one is for.
        assert [each["Sid"] for each in more] == ["AlarmsReachTheEncryptedTopic"] * (name == "Key")
        assert key["PendingWindowInDays"] == 30
    (alias,) = stacks["platform"].of_type("AWS::KMS::Alias").values()
    assert alias["TargetKeyId"] == {"Ref": "Key"}


def test_a_route_asks_who_calls_unless_its_document_says_that_anybody_may(stacks: Stacks) -> None:
    for name in app_folders():
        (api,) = stacks[name].of_type("AWS::ApiGateway::RestApi").values()
        text = (ROOT / "docs" / "api" / f"{name}.json").read_text("utf-8")
        told = json.loads(text)["paths"]
        for path, methods in api["Body"]["paths"].items():
            for method in methods.keys() - {"options"}:
                asked = {key for each in told[path][method].get("security", []) for key in each}
                # A webhook's secret and a store's key are held against rows, by the function.
                guarded = methods[method].get("security") == [{"Callers": []}]
                assert guarded == bool(asked & {"person", "machine"}), (name, method, path)


def test_what_eases_the_local_platform_is_not_set_on_aws(stacks: Stacks) -> None:
    eased = set()
    for stack in stacks.values():
        for name, function in stack.functions("local").items():
            aws = stack.environment(stack.functions()[name])
            eased |= stack.environment(function).keys() - aws.keys()
    assert eased == {"CLOCK_FILE", "PRIVATE_WEBHOOKS"}
    for stack in stacks.values():
        for function in stack.functions().values():
            assert not stack.environment(function).keys() & eased


def test_no_variable_names_another_stage(stacks: Stacks) -> None:
    """Each refers to its own stack or to a parameter, so that no stage reads what another keeps."""
    plain = {"PYDANTIC_DISABLE_PLUGINS": "__all__", "SERVICE": "platform"}
    for stack in stacks.values():
        for function in stack.functions().values():
            told = stack.environment(function)
            assert told["STAGE"] == {"Ref": "Stage"}
            written = {name: value for name, value in told.items() if isinstance(value, str)}
            assert written.items() <= plain.items(), stack.name
        for kind, named in (("DynamoDB::Table", "TableName"), ("SQS::Queue", "QueueName")):
            for each in stack.of_type(f"AWS::{kind}").values():
                assert each[named]["Fn::Sub"].startswith("${AWS::StackName}-"), stack.name
