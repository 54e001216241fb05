"""Tables, files and logs: how they are kept, and when they go."""

import json
from typing import Any

from infra.services import service_names
from shared.messaging import consumer
from tests.infra.stack_reader import Stacks, actions, targets

SERVICES = service_names()
# What nothing can be made from again: rows, files, people, keys, and layers still in use.
KEPT = {
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::Lambda::LayerVersion",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
}


def test_tables_are_recoverable_encrypted_and_protected_on_aws(stacks: Stacks) -> None:
    for service in SERVICES:
        tables = stacks[service].of_type("AWS::DynamoDB::Table")
        assert set(tables) == {"DataTable", "OutboxTable", "AuditTable", "KeysTable"}
        for name, table in tables.items():
            assert table["SSESpecification"]["SSEEnabled"] is True
            recovery = table["PointInTimeRecoverySpecification"]
            assert recovery["PointInTimeRecoveryEnabled"] is True
            assert table["DeletionProtectionEnabled"] is True
            # The relay publishes what the row says; an entry of the audit, or a key, never ends.
            stream = {"StreamViewType": "NEW_IMAGE"} if name == "OutboxTable" else None
            assert table.get("StreamSpecification") == stream
            ends = {"AttributeName": "expires_at", "Enabled": True}
            kept = None if name in ("AuditTable", "KeysTable") else ends
            assert table.get("TimeToLiveSpecification") == kept
            assert recovery.get("RecoveryPeriodInDays") == (1 if name == "KeysTable" else None)


# Lists that show more than which rows there are take it from the index; all others load the rows.
WHOLE = {"by_region", "by_owner", "by_ref", "by_pending"}
KEYS = {"by_due": ("due_shard", "due_at"), "by_pending": ("pending", "pending_at")}


def test_rows_and_indexes_are_found_by_the_names_that_the_store_writes(stacks: Stacks) -> None:
    for service in SERVICES:
        for table in stacks[service].of_type("AWS::DynamoDB::Table").values():
            assert _key(table) == ("pk", "sk")
            for index in table.get("GlobalSecondaryIndexes", ()):
                name = index["IndexName"]
                of = name.removeprefix("by_")
                assert _key(index) == KEYS.get(name, (f"{of}_pk", f"{of}_sk")), (service, name)
                projected = "ALL" if name in WHOLE else "KEYS_ONLY"
                assert index["Projection"] == {"ProjectionType": projected}, (service, name)


def test_tables_of_the_platform_are_found_by_the_names_that_their_readers_ask_for(
    stacks: Stacks,
) -> None:
    tables = stacks["platform"].of_type("AWS::DynamoDB::Table")
    assert tables.keys() == {"MachineTokensTable", "ReferenceTable"}
    assert _key(tables["MachineTokensTable"]) == ("pk", "sk")
    # Parameters of Powertools has one key, and this name for it.
    assert tables["ReferenceTable"]["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]


def _key(place: dict[str, Any]) -> tuple[str, ...]:
    assert [each["KeyType"] for each in place["KeySchema"]] == ["HASH", "RANGE"]
    return tuple(each["AttributeName"] for each in place["KeySchema"])


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


def test_an_event_can_be_replayed_for_longer_than_its_message_is_kept(stacks: Stacks) -> None:
    """What was quarantined or never heard is sent once more from here, say the runbooks."""
    platform = stacks["platform"]
    (archive,) = platform.of_type("AWS::Events::Archive").values()
    assert archive["SourceArn"] == {"Fn::GetAtt": ["Bus", "Arn"]}
    assert archive["EventPattern"] == {"source": [{"prefix": "ryadom."}]}
    assert archive["RetentionDays"] == 30 < consumer.INBOX_DAYS  # what was done is not done again
    assert platform.of_type("AWS::KMS::Key")["Key"]["EnableKeyRotation"] is True


def test_files_are_encrypted_private_and_forgotten(stacks: Stacks) -> None:
    lifetimes = {}
    for stack in stacks.values():
        policies = stack.of_type("AWS::S3::BucketPolicy").values()
        guarded = {each["Bucket"]["Ref"]: each["PolicyDocument"]["Statement"] for each in policies}
        for name, bucket in stack.of_type("AWS::S3::Bucket").items():
            arn = {"Fn::GetAtt": [name, "Arn"]}
            assert guarded.pop(name) == [
                {
                    "Sid": "OnlyEncryptedConnections",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [arn, {"Fn::Sub": f"${{{name}.Arn}}/*"}],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ]
            (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
            assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
            assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
            assert len(bucket["PublicAccessBlockConfiguration"]) == 4
            assert "VersioningConfiguration" not in bucket
            # No list of rights on a single file beside the bucket's own.
            owned = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
            assert bucket["OwnershipControls"] == owned
            for rule in bucket["LifecycleConfiguration"]["Rules"]:
                assert rule["Status"] == "Enabled"
                ends = rule.get("ExpirationInDays") or rule["AbortIncompleteMultipartUpload"]
                lifetimes[stack.name, rule.get("Prefix")] = ends
        assert not guarded
    expected = {
        ("cards", None): {"DaysAfterInitiation": 1},
        ("cards", "batches/"): 30,
        ("cards", "keys/"): 1,
        ("cards", "paper/"): 1,
        ("cards", "prints/"): 1,
        ("matching", None): {"DaysAfterInitiation": 1},
        ("matching", "exports/"): 1,
        ("matching", "tables/"): 30,
        ("matching", "uploads/"): 1,
    }
    assert lifetimes == expected


def test_every_function_and_api_has_a_log_group_that_ends(stacks: Stacks) -> None:
    for stack in stacks.values():
        groups = stack.of_type("AWS::Logs::LogGroup")
        days = [group["RetentionInDays"] for group in groups.values()]
        assert days == [{"Ref": "LogRetentionDays"}] * len(days)
        named = {json.dumps(group["LogGroupName"]) for group in groups.values()}
        for function in stack.functions():
            assert json.dumps({"Fn::Sub": f"/aws/lambda/${{{function}}}"}) in named


def test_what_is_kept_is_kept_only_once_it_was_made(stacks: Stacks) -> None:
    """A kept table of a first create that failed would stand in the way of the next one."""
    for stack in stacks.values():
        for name, resource in stack.resources().items():
            kept = resource["Type"] in KEPT
            policy = resource.get("DeletionPolicy", "Delete")
            assert policy == ("RetainExceptOnCreate" if kept else "Delete"), (stack.name, name)
            policy = resource.get("UpdateReplacePolicy", "Delete")
            assert policy == ("Retain" if kept else "Delete"), (stack.name, name)


def test_nothing_is_protected_while_it_is_made(stacks: Stacks) -> None:
    """What refuses to be deleted cannot be rolled back, so that a first deploy could not fail."""
    for protect, tables, people in (("no", False, "INACTIVE"), ("yes", True, "ACTIVE")):
        for stack in stacks.values():
            made = stack.where(Protect=protect).of_type("AWS::DynamoDB::Table")
            assert {each["DeletionProtectionEnabled"] for each in made.values()} <= {tables}
            assert {each["BillingMode"] for each in made.values()} <= {"PAY_PER_REQUEST"}
        pool = stacks["platform"].where(Protect=protect).of_type("AWS::Cognito::UserPool")
        assert pool["UserPool"]["DeletionProtection"] == people
