"""What AWS would let each function do: the calls of a world, held against the roles in infra/.

`Guarded` stands between a function and a client in memory. A call that the role of the running
function does not allow is refused as AWS refuses it; `World` fails the test even where the code
swallows that. A resource is known by the variable of the function's environment that names it, so
a variable which the template does not set is found too.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from infra.packaging import templates
from tests.infra.stack_reader import Stack, actions, targets

Call = dict[str, Any]
# What a stage may say beside its defaults, so that no condition leaves a policy out.
STAGE = {"Stage": "test", "ChannelSecrets": "/channels", "TelephonySecrets": "/telephony"}
CONTEXT = "kms:EncryptionContext:service"
WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}
WRITES["ConditionCheck"] = "ConditionCheckItem"


class Need(NamedTuple):
    """One action on one resource; a `context` is what KMS is told beside."""

    action: str
    resource: str
    context: str = ""


def _dynamodb(operation: str, call: Call) -> Iterator[Need]:
    if operation == "TransactWriteItems":
        for step in call["TransactItems"]:
            for verb, item in step.items():
                yield Need(f"dynamodb:{WRITES[verb]}", item["TableName"])
    elif operation == "BatchGetItem":
        for table in call["RequestItems"]:
            yield Need("dynamodb:BatchGetItem", table)
    else:
        index = f"/index/{call['IndexName']}" if call.get("IndexName") else ""
        yield Need(f"dynamodb:{operation}", call["TableName"] + index)


def _s3(operation: str, call: Call) -> Iterator[Need]:
    bucket = call["Bucket"]
    match operation:
        case "ListObjectsV2":
            yield Need("s3:ListBucket", bucket)
        case "HeadObject" | "GetObject":
            yield Need("s3:GetObject", f"{bucket}/*")
            # What is not there is a refusal to whoever may not list.
            yield Need("s3:ListBucket", bucket)
        case "CopyObject":
            yield Need("s3:GetObject", f"{call['CopySource']['Bucket']}/*")
            yield Need("s3:PutObject", f"{bucket}/*")
        case "DeleteObjects":
            yield Need("s3:DeleteObject", f"{bucket}/*")
        case "GeneratePresignedUrl":
            signed = {"put_object": "PutObject", "get_object": "GetObject"}[call["operation"]]
            yield Need(f"s3:{signed}", f"{bucket}/*")
        case "PutObject" | "GeneratePresignedPost":
            yield Need("s3:PutObject", f"{bucket}/*")
        case _:
            raise AssertionError(f"say here which permissions S3 wants for {operation}")


def _others(operation: str, call: Call) -> Iterator[Need]:
    match operation:
        case "SendMessageBatch":
            yield Need("sqs:SendMessage", call["QueueUrl"])
        case "DeleteMessageBatch":
            yield Need("sqs:DeleteMessage", call["QueueUrl"])
        case "PutEvents":
            for bus in {entry["EventBusName"] for entry in call["Entries"]}:
                yield Need("events:PutEvents", bus)
        case "Invoke":
            yield Need("lambda:InvokeFunction", call["FunctionName"])
        case "Decrypt":
            yield Need("kms:Decrypt", "Key", call["EncryptionContext"]["service"])
        case "Sign" | "GetPublicKey":
            yield Need(f"kms:{operation}", call["KeyId"])
        case "GetParameter":
            yield Need("ssm:GetParameter", call["Name"])
        case _:
            raise AssertionError(f"say here which permissions AWS wants for {operation}")


NEEDS = {"dynamodb": _dynamodb, "s3": _s3}
# Signing a link calls nobody; whoever uses it may do what its signer may.
POSITIONAL = {
    "generate_presigned_url": ("operation",), "generate_presigned_post": ("Bucket", "Key")
}  # fmt: skip
NO_CALLS = {"rows"}


class Guarded:
    """A client that asks, before each of its calls, whether what runs may make it."""

    def __init__(
        self, service: str, client: Callable[[], Any], ask: Callable[[Need], None]
    ) -> None:
        self._needs = NEEDS.get(service, _others)
        self._client = client  # a test may put another in its place
        self._ask = ask

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client(), name)
        if not callable(found) or name in NO_CALLS:
            return found
        operation = _camel(name)

        def guarded(*told: Any, **call: Any) -> Any:
            named = zip(POSITIONAL.get(name, ()), told, strict=True)
            for need in self._needs(operation, {**call, **dict(named), **call.get("Params", {})}):
                self._ask(need)
            return found(*told, **call)

        return guarded


def refusal(need: Need, role: str) -> ClientError:
    """Return what botocore raises where a role does not allow something."""
    said = f"{role} may not {need.action} on {need.resource}"
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": said}}, need.action)


class Role:
    """What one function may do, and by which names it knows the resources."""

    def __init__(self, stack: str, function: str) -> None:
        written = _stack(stack)
        self.name = f"{function} of {stack}"
        self._resources = written.resources()
        self._defaults = {n: p.get("Default") for n, p in written.template["Parameters"].items()}
        own = self._resources[function]["Properties"]
        role = own["Role"]["Fn::GetAtt"][0]
        shared = written.decided(written.template.get("Globals", {}).get("Function", {}))
        variables = [each.get("Environment", {}).get("Variables", {}) for each in (shared, own)]
        self._environment = {name: _place(told) for one in variables for name, told in one.items()}
        self._allowed = [
            (action, _place(target), statement.get("Condition", {}))
            for statement in written.granted(role)
            for action in actions(statement)
            for target in targets(statement)
        ]

    def allows(self, need: Need) -> bool:
        """Whether the role lets the function do that now, with this environment."""
        names = list(self._names(need.resource))
        return any(
            fnmatchcase(need.action, action)
            and any(fnmatchcase(name, place) for name in names)
            and self._holds(condition, need)
            for action, place, condition in self._allowed
        )

    def _names(self, resource: str) -> Iterator[str]:
        """The names in the template of what a call names by a value of the environment."""
        yield resource
        head, slash, rest = resource.partition("/")
        for variable, place in self._environment.items():
            value = os.environ.get(variable)
            if value == resource:
                yield place
            elif value == head:
                yield place + slash + rest

    def _holds(self, condition: Mapping[str, Any], need: Need) -> bool:
        if not condition:
            return True
        assert list(condition) == ["StringEquals"] and list(condition["StringEquals"]) == [CONTEXT]
        told = condition["StringEquals"][CONTEXT]
        wanted: object = self._defaults[told["Ref"]] if isinstance(told, dict) else told
        return need.context == wanted


@cache
def _stack(name: str) -> Stack:
    return Stack(name, templates.written(name), STAGE)


@cache
def role_of(stack: str, function: str) -> Role:
    """Return the role of a function, by its name in code: `on_messages`."""
    named = {"api": "APIHandler"}
    return Role(stack, named.get(function) or _camel(function))


@cache
def _camel(name: str) -> str:
    return "".join(map(str.capitalize, name.split("_")))


def _place(told: Any) -> str:
    """The name of a resource, however a template or another stack's output tells it."""
    match told:
        case {"Fn::GetAtt": [name, _]} | {"Ref": name}:
            pass
        case {"Fn::Sub": str(text)}:
            _, _, last = text.rpartition("${")
            name = last.replace(".Arn}", "").replace("}", "")
        case str() | int():
            return str(told)
        case _:
            raise AssertionError(f"say here which resource this is: {told}")
    head, slash, rest = str(name).partition("/")
    for ending in (".Alias", "Arn", "Name"):
        head = head.removesuffix(ending)
    return head + slash + rest
