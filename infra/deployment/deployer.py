"""Puts packaged stacks into an account: what goes up, in which order, with which parameters."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from graphlib import TopologicalSorter
from itertools import starmap
from pathlib import Path
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from infra.deployment.change_sets import ChangeSets
from infra.deployment.plans import Plan
from infra.deployment.stack_failures import DeployFailed
from infra.deployment.table_indexes import check_indexes
from infra.package import Package, Stack
from infra.packaging.stack_defaults import for_release
from infra.packaging.templates import Template
from infra.services import owner
from shared.keyring import new_root_key

Client = Callable[[str], Any]
Say = Callable[[str], None]
Facts = dict[str, str]
Agree = Callable[[Sequence[Plan]], bool]
One = TypeVar("One", Stack, Plan)
Made = TypeVar("Made")

PLATFORM = "platform"
# What KMS answers of a text that another key has wrapped, or that is none of its texts.
_OTHER_KEY = ("IncorrectKeyException", "InvalidCiphertextException")
# What it answers while a key is switched off, waits for its deletion, or is gone.
_UNUSABLE_KEY = ("DisabledException", "KMSInvalidStateException", "NotFoundException")


def output_name(stack: str, output: str) -> str:
    """Return the name under which other stacks ask for an output of a stack."""
    return output if stack == PLATFORM else f"{stack.capitalize()}{output}"


def waves(templates: Mapping[str, Template]) -> Iterator[tuple[str, ...]]:
    """Yield the stacks that may be deployed at once, in the order of what they ask of each other.

    The platform is first: it makes the key that wraps the root keys of all others. A stack that
    shares the root key of a service follows it.
    """
    maker = {
        output_name(stack, output): stack
        for stack, template in templates.items()
        for output in template.get("Outputs", {})
    }
    order: TopologicalSorter[str] = TopologicalSorter()
    for stack, template in templates.items():
        asked = {maker[name] for name in template["Parameters"] if name in maker}
        before = asked | {PLATFORM, owner(stack)} & templates.keys() if stack != PLATFORM else set()
        order.add(stack, *(before - {stack}))
    order.prepare()
    while order.is_active():
        ready = order.get_ready()
        yield tuple(sorted(ready))
        order.done(*ready)


def _always(_: Sequence[Plan]) -> bool:
    return True


class Deployer:
    """One account, one stage: uploads, root keys, stacks in their order, outputs as parameters."""

    def __init__(
        self,
        client: Client,
        bucket: str,
        say: Say,
        prefix: str = "ryadom",
        *,
        agree: Agree = _always,
        protect: bool = False,
        revert_drift: bool = False,
        pause: float = 3.0,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._agree = agree
        self._protect = protect
        self._stacks = ChangeSets(client("cloudformation"), say, pause, revert_drift=revert_drift)
        self.prefix = prefix
        # The rules of stacks that were there, by which they hear others since this deploy.
        self.changed_rules: list[str] = []

    def deploy(self, package: Package, facts: Facts) -> Facts:
        """Deploy every stack; the answer holds all facts, each stack's outputs under its name."""
        if self._protect:
            for stack in package.stacks:
                check_indexes(self._client("dynamodb"), self._name(stack), _template(stack))
        facts = facts | {"CodeBucket": self._bucket, "PythonRuntime": package.runtime.name}
        for layer in package.layers.values():
            key = f"layers/{layer.group}-{layer.hash}.zip"
            self._upload(layer.archive, key)
            facts |= {f"{layer.resource}Hash": layer.hash, f"{layer.resource}Key": key}
        by_name = {stack.name: stack for stack in package.stacks}
        for wave in waves({name: _template(stack) for name, stack in by_name.items()}):
            facts = facts | self._wave([by_name[name] for name in wave], facts)
        return facts

    def _wave(self, stacks: Sequence[Stack], facts: Facts) -> Facts:
        """Plan, ask, carry out; the outputs, each under its stack's name."""
        plans = self._plans(stacks, facts)
        wanted = [plan for plan in plans if plan.change_set is not None]
        if wanted and not self._agree(wanted):
            for plan in wanted:
                self._stacks.discard(plan)
            raise DeployFailed("Stopped: none of these changes was made.")
        outputs = self._at_once(self._carry_out, plans)
        for number, (stack, plan) in enumerate(zip(stacks, plans, strict=True)):
            # A protected table could not be rolled back, so protection is a second change.
            if plan.adds_protected and self._protect:
                outputs[number] = self._stacks.carry_out(self._plan(stack, facts, protect=True))
            if self._protect:
                self._client("cloudformation").update_termination_protection(
                    StackName=self._name(stack), EnableTerminationProtection=True
                )
        return {
            output_name(stack.name, name): value
            for stack, values in zip(stacks, outputs, strict=True)
            for name, value in values.items()
        }

    def _carry_out(self, plan: Plan) -> dict[str, str]:
        """Do what was planned; its rules are noted before, since its end may not be seen."""
        self.changed_rules.extend(plan.changed_rules)
        return self._stacks.carry_out(plan)

    def _name(self, stack: Stack) -> str:
        return f"{self.prefix}-{stack.name}"

    def _plans(self, stacks: Sequence[Stack], facts: Facts) -> list[Plan]:
        """Plan all; when one cannot be made, or Ctrl-C came, the others are forgotten."""
        made: list[Plan] = []

        def plan(stack: Stack) -> Plan:
            found = self._first_plan(stack, facts)
            made.append(found)  # not read back: others are added at the same time
            return found

        try:
            return self._at_once(plan, stacks)
        except BaseException:
            for each in made:
                if each.change_set is not None:
                    with suppress(BotoCoreError, ClientError):
                        self._stacks.discard(each)
            raise

    def _at_once(self, do: Callable[[One], Made], each: Sequence[One]) -> list[Made]:
        """Do the same for each at once; all that fail are named, and Ctrl-C ends all waiting."""
        with ThreadPoolExecutor(max_workers=3) as pool:
            begun = [pool.submit(do, one) for one in each]
            try:
                wait(begun)
            except KeyboardInterrupt:
                self._stacks.give_up()
                pool.shutdown(cancel_futures=True)
                raise
        ends = zip(each, (one.exception() for one in begun), strict=True)
        failed = {self._about(one): error for one, error in ends if error is not None}
        foreseen = (DeployFailed, BotoCoreError, ClientError)
        if len(failed) > 1 and all(isinstance(error, foreseen) for error in failed.values()):
            # What AWS itself has said, at last, says what there is to do about credentials.
            *_, last = sorted(failed.values(), key=_is_of_aws)
            raise DeployFailed("\n".join(starmap(_named, failed.items()))) from last
        return [one.result() for one in begun]

    def _about(self, one: Stack | Plan) -> str:
        return one.stack if isinstance(one, Plan) else self._name(one)

    def _first_plan(self, stack: Stack, facts: Facts) -> Plan:
        protect = self._protect and self._stacks.outputs(self._name(stack)) is not None
        plan = self._plan(stack, facts, protect=protect)
        if protect and plan.adds_protected:
            self._stacks.discard(plan)
            plan = self._plan(stack, facts, protect=False)
        return plan

    def _plan(self, stack: Stack, facts: Facts, *, protect: bool) -> Plan:
        facts = facts | {"CodeKey": f"{stack.name}/{stack.code_hash}.zip"}
        self._upload(stack.code, facts["CodeKey"])
        facts["Protect"] = "yes" if protect else "no"
        if stack.name != PLATFORM:  # which makes the key that wraps the others'
            # The till works on the rows of cards, so it has their key.
            facts["RootKey"] = self._root_key(owner(stack.name), facts["KeyArn"])
            if people_key := facts.get(output_name(stack.name, "PeopleKeyArn")):
                facts["PeopleKeyArn"] = people_key
        template = _template(stack)
        asked = {key: facts[key] for key in template["Parameters"] if key in facts}
        url = self._put_template(stack, for_release(template, asked))
        return self._stacks.plan(self._name(stack), asked, TemplateURL=url)

    def _put_template(self, stack: Stack, template: Template) -> str:
        body = json.dumps(template, sort_keys=True).encode()
        key = f"templates/{stack.name}-{hashlib.sha256(body).hexdigest()[:32]}.json"
        s3 = self._client("s3")
        s3.put_object(Bucket=self._bucket, Key=key, Body=body)
        return f"{s3.meta.endpoint_url}/{self._bucket}/{key}"

    def _upload(self, path: Path, key: str) -> None:
        s3 = self._client("s3")
        try:
            s3.head_object(Bucket=self._bucket, Key=key)
        except ClientError:
            s3.put_object(Bucket=self._bucket, Key=key, Body=path.read_bytes())

    def _root_key(self, service: str, key_arn: str) -> str:
        """Return the service's wrapped root key, made once per stage and kept beside the stacks."""
        kept = self._kept_root_key(service)
        if kept is not None:
            if self._protect:
                self._check_opens(service, kept, key_arn)
            return kept
        made = new_root_key(self._client("kms"), key_arn, service)
        ssm, name = self._client("ssm"), self._root_key_name(service)
        try:
            ssm.put_parameter(Name=name, Value=made, Type="String", Overwrite=False)
        except ssm.exceptions.ParameterAlreadyExists:
            raise DeployFailed(
                f"Another deploy has just made the root key {name}, which is never written over: "
                "deploy again."
            ) from None
        return made

    def _kept_root_key(self, service: str) -> str | None:
        ssm = self._client("ssm")
        try:
            found = ssm.get_parameter(Name=self._root_key_name(service))
        except ssm.exceptions.ParameterNotFound:
            return None
        kept: str = found["Parameter"]["Value"]
        return kept

    def _check_opens(self, service: str, kept: str, key_arn: str) -> None:
        """Refuse a root key that the stage's key does not open, as where the stage was made anew.

        KMS is asked to wrap it once more, so that it is shown to no one. Who may not ask goes on.
        """
        context = {"service": service}
        try:
            answer = self._client("kms").re_encrypt(
                CiphertextBlob=b64decode(kept),
                SourceKeyId=key_arn,
                SourceEncryptionContext=context,
                DestinationKeyId=key_arn,
                DestinationEncryptionContext=context,
            )
            opens = answer["SourceKeyId"] == key_arn
        except ValueError:
            opens = False
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _UNUSABLE_KEY:
                raise DeployFailed(
                    f"The stage's key opens nothing that is kept: {error}\nWhile it waits for its "
                    f"deletion: aws kms cancel-key-deletion --key-id {key_arn}\nThen: aws kms "
                    f"enable-key --key-id {key_arn}"
                ) from error
            opens = code not in _OTHER_KEY
        if not opens:
            name = self._root_key_name(service)
            raise DeployFailed(
                f"The root key {name} was not wrapped by the stage's key {key_arn}, so no function "
                "could open it. Put back the value that was copied when the stage was made. Only "
                "where nothing is kept of a former stage of that name, neither tables nor files: "
                f"aws ssm delete-parameter --name {name}"
            )

    def _root_key_name(self, service: str) -> str:
        return f"/{self.prefix}/{service}/root-key"


def _template(stack: Stack) -> Template:
    template: Template = json.loads(stack.template.read_text("utf-8"))
    return template


def _is_of_aws(error: BaseException) -> bool:
    return isinstance(error.__cause__ or error, ClientError)


def _named(stack: str, error: BaseException) -> str:
    """Say what failed and of which stack, which AWS does not say."""
    return str(error) if isinstance(error, DeployFailed) else f"{stack}: {error}"
