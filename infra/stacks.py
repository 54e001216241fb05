"""Puts packaged stacks into an account through CloudFormation; the same for AWS and the emulator."""

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.artefact import digest
from infra.package import RUNTIME, Package, Stack
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
        self, client: Client, bucket: str, template_url: str, say: Say, prefix: str = "ryadom"
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._template_url = template_url
        self._say = say
        self.prefix = prefix

    def deploy(self, package: Package, facts: Facts) -> Facts:
        """Deploy every stack; the answer holds all facts, each stack's outputs under its name."""
        facts = facts | {"CodeBucket": self._bucket, "PythonRuntime": RUNTIME}
        facts |= {"LayerHash": package.layer_hash, "LayerKey": f"layer/{package.layer_hash}.zip"}
        self._upload(package.layer, facts["LayerKey"])
        by_name = {stack.name: stack for stack in package.stacks}
        for wave in WAVES:
            wanted = [by_name[name] for name in wave if name in by_name]
            with ThreadPoolExecutor(max_workers=3) as pool:
                for outputs in pool.map(lambda stack: self._stack(stack, facts), wanted):
                    facts = facts | outputs
        return facts

    def _stack(self, stack: Stack, facts: Facts) -> Facts:
        facts = facts | {"CodeKey": f"{stack.name}/{stack.code_hash}.zip"}
        self._upload(stack.code, facts["CodeKey"])
        text = stack.template.read_text("utf-8")
        key = f"templates/{stack.name}-{digest([stack.template])}.json"
        self._client("s3").put_object(Bucket=self._bucket, Key=key, Body=text.encode())
        declared = list(json.loads(text).get("Parameters", {}))
        if "RootKey" in declared:
            owner = "cards" if stack.name == "till" else stack.name
            facts["RootKey"] = self._root_key(owner, facts["KeyArn"])
        outputs = self._apply(
            f"{self.prefix}-{stack.name}",
            self._template_url.format(key=key),
            {name: facts[name] for name in declared if name in facts},
        )
        if stack.name == "platform":
            return outputs
        return {f"{stack.name.capitalize()}{name}": value for name, value in outputs.items()}

    def _upload(self, path: Path, key: str) -> None:
        s3 = self._client("s3")
        try:
            s3.head_object(Bucket=self._bucket, Key=key)
        except ClientError:
            s3.put_object(Bucket=self._bucket, Key=key, Body=path.read_bytes())

    def _root_key(self, service: str, key_arn: str) -> str:
        """The service's wrapped root key, made once per stage and kept beside the stacks."""
        ssm, name = self._client("ssm"), f"/{self.prefix}/{service}/root-key"
        try:
            kept: str = ssm.get_parameter(Name=name)["Parameter"]["Value"]
            return kept
        except ssm.exceptions.ParameterNotFound:
            made = new_root_key(self._client("kms"), key_arn, service)
            ssm.put_parameter(Name=name, Value=made, Type="String", Overwrite=False)
            return made

    def _apply(self, name: str, template_url: str, parameters: Mapping[str, str]) -> Facts:
        cloudformation = self._client("cloudformation")
        exists = _describe(cloudformation, name) is not None
        request = {
            "StackName": name,
            "TemplateURL": template_url,
            "Capabilities": CAPABILITIES,
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
        }
        try:
            change = cloudformation.update_stack if exists else cloudformation.create_stack
            change(**request)
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
                time.sleep(0.05 if "127.0.0.1" in self._template_url else 3)
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
