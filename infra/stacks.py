"""Puts packaged stacks into an account through CloudFormation, on AWS and in the emulator."""

import json
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.artefact import digest
from infra.package import Package, Stack
from shared.secrets import new_root_key

Client = Callable[[str], Any]
Say = Callable[[str], None]
Facts = dict[str, str]

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
# Stacks of one wave need nothing of each other.
WAVES = (("platform",), ("intake", "matching", "cards"), ("notifications", "till"))


class DeployFailed(Exception):
    """A stack did not reach its new state; the message names the first resource that failed."""


class Deployer:
    """One account, one stage: uploads, root keys, stacks in their order, outputs as parameters."""

    def __init__(
        self,
        client: Client,
        bucket: str,
        say: Say,
        prefix: str = "ryadom",
        *,
        protect: bool = False,
        pause: float = 3.0,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._protect = protect
        self._pause = pause
        self._say = say
        self.prefix = prefix

    def deploy(self, package: Package, facts: Facts) -> Facts:
        """Deploy every stack; the answer holds all facts, each stack's outputs under its name."""
        facts = facts | {"CodeBucket": self._bucket, "PythonRuntime": package.runtime.name}
        for layer in package.layers.values():
            key = f"layers/{layer.group}-{layer.hash}.zip"
            self._upload(layer.archive, key)
            facts |= {f"{layer.resource}Hash": layer.hash, f"{layer.resource}Key": key}
        by_name = {stack.name: stack for stack in package.stacks}
        for wave in WAVES:
            wanted = [by_name[name] for name in wave if name in by_name]
            with ThreadPoolExecutor(max_workers=3) as pool:
                for outputs in list(pool.map(self._stack, wanted, repeat(facts))):
                    facts = facts | outputs
        return facts

    def _stack(self, stack: Stack, facts: Facts) -> Facts:
        facts = facts | {"CodeKey": f"{stack.name}/{stack.code_hash}.zip"}
        self._upload(stack.code, facts["CodeKey"])
        text = stack.template.read_text("utf-8")
        key = f"templates/{stack.name}-{digest([stack.template])}.json"
        self._client("s3").put_object(Bucket=self._bucket, Key=key, Body=text.encode())
        declared = json.loads(text).get("Parameters", {})
        url = f"{self._client('s3').meta.endpoint_url}/{self._bucket}/{key}"
        if stack.name == "platform":
            return self._platform(declared, url, facts)
        # The till works on the rows of cards, so it has their key.
        owner = "cards" if stack.name == "till" else stack.name
        facts["RootKey"] = self._root_key(owner, facts["KeyArn"])
        outputs = self._apply(stack.name, url, declared, facts)
        return {f"{stack.name.capitalize()}{name}": value for name, value in outputs.items()}

    def _platform(self, declared: Iterable[str], url: str, facts: Facts) -> Facts:
        """The platform makes the key that wraps its own root key, so the first time takes two."""
        kept = self._kept_root_key("platform")
        outputs = self._apply("platform", url, declared, facts | {"RootKey": kept or ""})
        if kept is None:
            facts["RootKey"] = self._root_key("platform", outputs["KeyArn"])
            self._apply("platform", url, declared, facts)
        return outputs

    def _upload(self, path: Path, key: str) -> None:
        s3 = self._client("s3")
        try:
            s3.head_object(Bucket=self._bucket, Key=key)
        except ClientError:
            s3.put_object(Bucket=self._bucket, Key=key, Body=path.read_bytes())

    def _root_key(self, service: str, key_arn: str) -> str:
        """The service's wrapped root key, made once per stage and kept beside the stacks."""
        kept = self._kept_root_key(service)
        if kept is not None:
            return kept
        made = new_root_key(self._client("kms"), key_arn, service)
        self._client("ssm").put_parameter(
            Name=self._root_key_name(service), Value=made, Type="String", Overwrite=False
        )
        return made

    def _kept_root_key(self, service: str) -> str | None:
        ssm = self._client("ssm")
        try:
            found = ssm.get_parameter(Name=self._root_key_name(service))
        except ssm.exceptions.ParameterNotFound:
            return None
        kept: str = found["Parameter"]["Value"]
        return kept

    def _root_key_name(self, service: str) -> str:
        return f"/{self.prefix}/{service}/root-key"

    def _apply(self, stack: str, url: str, declared: Iterable[str], facts: Facts) -> Facts:
        """Create or update a stack with those of the facts that its template asks for."""
        name = f"{self.prefix}-{stack}"
        cloudformation = self._client("cloudformation")
        exists = _describe(cloudformation, name) is not None
        request = {
            "StackName": name,
            "TemplateURL": url,
            "Capabilities": CAPABILITIES,
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": facts[key]}
                for key in declared
                if key in facts
            ],
        }
        try:
            if exists:
                cloudformation.update_stack(**request)
            else:
                cloudformation.create_stack(**request, EnableTerminationProtection=self._protect)
            said = "updated" if exists else "created"
        except ClientError as error:
            if "No updates are to be performed" not in str(error):
                raise DeployFailed(f"{name}: {error}") from None
            said = "unchanged"
        outputs = self._wait(name)
        self._say(f"  {name} {said}")
        return outputs

    def _wait(self, name: str) -> Facts:
        cloudformation = self._client("cloudformation")
        while True:
            found = _describe(cloudformation, name)
            status = found["StackStatus"] if found else "DELETE_COMPLETE"
            if status.endswith("_IN_PROGRESS"):
                time.sleep(self._pause)
                continue
            if found is None or status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
                raise DeployFailed(f"{name} is {status}: {self._first_failure(name)}")
            return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}

    def _first_failure(self, name: str) -> str:
        events = self._client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        failed = [each for each in events if each["ResourceStatus"].endswith("_FAILED")]
        if not failed:
            return "no resource says why"
        first = failed[-1]
        return f"{first['LogicalResourceId']}: {first.get('ResourceStatusReason', '')}"


def _describe(cloudformation: Any, name: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError:
        return None
    return None if found["StackStatus"] == "DELETE_COMPLETE" else found
