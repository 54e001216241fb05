"""Puts everything into a cloud account: `python -m infra.deploy STAGE`, see infra/stages/README.md.

The endpoint, the region and the account come from the standard configuration of AWS clients
(AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL …); what differs between stages is in
`infra/stages/STAGE.toml`. What would change is shown and asked first; a deploy that was broken off
or failed is simply run again.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.configuration import reference_table
from infra.configuration.code_lists import read_code_lists
from infra.configuration.regions import Unfit, read_stage
from infra.deployment import cloud
from infra.deployment.account_checks import check_place
from infra.deployment.change_sets import ChangeSets
from infra.deployment.deployer import Agree, Client, Deployer, Facts
from infra.deployment.plans import Plan
from infra.deployment.provider_check import UnfitProviders, check_channels, check_telephony
from infra.deployment.stack_failures import DeployFailed
from infra.deployment.stage_facts import Refusal, facts_of
from infra.package import Package, package
from infra.packaging.reproducible_zip import CannotPackage
from infra.packaging.runtime import DEFAULT, of_stage
from infra.services import INFRA
from infra.terminal import agreed, in_a_sentence, say
from shared import clock

ACCOUNT_STACK = "ryadom-account"
PAUSE = 3.0
PATIENCE = 1800.0
# Senders are deployed before hearers, and the bus keeps nothing for a rule that is yet to come.
_MISSED = (
    "{} may not have heard what this release sends between {} (or your first try of it) and {}: "
    "replay the archive of that time to them (docs/runbooks/dead-letters.md, events-lost). No "
    "effect happens twice."
)


def set_up_account(client: Client, agree: Agree) -> None:
    """Give the account what it needs once, in a stack of its own."""
    changes = ChangeSets(client("cloudformation"), say, PAUSE)
    template = (INFRA / "account.yaml").read_text("utf-8")
    plan = changes.plan(ACCOUNT_STACK, {}, TemplateBody=template)
    if plan.change_set is not None and not agree([plan]):
        changes.discard(plan)
        raise DeployFailed("Stopped: nothing was changed.")
    changes.carry_out(plan)


def deploy(
    client: Client,
    stage: str,
    acknowledged: Sequence[str],
    agree: Agree,
    agree_to_data: Callable[[], bool],
    *,
    revert_drift: bool = False,
) -> Facts:
    """Check, build and deploy a stage; its facts afterwards."""
    facts, regions, codes = facts_of(stage), read_stage(stage), read_code_lists(stage)
    check_place(client, facts, acknowledged)
    check_channels(client("ssm"), facts, say)
    check_telephony(client("ssm"), facts, regions)
    client("kms")  # the other clients are made; threads may not make them, several at once
    made = package(runtime=of_stage(facts.get("PythonRuntime", DEFAULT)))
    if made.warning:
        say(made.warning)
    facts = _deployed(client, stage, made, facts, agree, revert_drift)
    # Regions change without a deploy, so that the files here may be older than what the stage has.
    table = facts["ReferenceTableName"]
    reference_table.publish(
        client("dynamodb"), table, regions, say, codes=codes, agreed=agree_to_data
    )
    return facts


def _deployed(
    client: Client, stage: str, made: Package, facts: Facts, agree: Agree, revert_drift: bool
) -> Facts:
    """Deploy the stacks and say, whatever becomes of it, which rules may have missed events."""
    deployer = Deployer(
        client,
        facts.pop("CodeBucket"),
        say,
        prefix=f"ryadom-{stage}",
        agree=agree,
        protect=True,
        revert_drift=revert_drift,
        pause=PAUSE,
    )
    begun = clock.wall()
    try:
        return deployer.deploy(made, facts)
    finally:  # the next try finds these rules as they should be, and says nothing of them
        if deployer.changed_rules:
            rules = ", ".join(sorted(deployer.changed_rules))
            say(_MISSED.format(rules, clock.iso(begun), clock.iso(clock.wall())))


def check_alarms(sns: Any, topic: str, *, patience: float = 0.0, pause: float = 10.0) -> None:
    """Refuse to call a stage ready while its alarms reach no person; wait for that if asked to."""
    until = time.monotonic() + patience
    while (missing := _unheard(sns, topic)) and time.monotonic() < until:
        time.sleep(pause)
    if missing:
        raise Refusal(f"Deployed, but NOT READY: {missing}")


def _unheard(sns: Any, topic: str) -> str:
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    found = [each["SubscriptionArn"] for page in pages for each in page["Subscriptions"]]
    if "PendingConfirmation" in found:
        return (
            "its alarm address is unconfirmed. Open the mail of AWS Notifications there and "
            "confirm, then look again with --wait."
        )
    # Whoever has unsubscribed is still listed, as "Deleted".
    if not any(each.startswith("arn:") for each in found):
        return (
            "nobody hears its alarms. AWS forgets an address that is not confirmed in 48 hours, "
            "and no deploy asks it again. Ask somebody: aws sns subscribe --protocol email "
            f"--topic-arn {topic} --notification-endpoint …"
        )
    return ""


_FORESEEN = (
    Refusal, reference_table.Refusal, Unfit, UnfitProviders, CannotPackage, DeployFailed,
    BotoCoreError, ClientError,
)  # fmt: skip


# at the terminal ----------------------------------------------------------------------------


def show(plans: Sequence[Plan]) -> None:
    """Tell what would change, what is lost first."""
    for plan in plans:
        say(f"\n{plan.stack}: {'a new stack' if plan.creates else 'changes'}")
        for change in sorted(plan.changes, key=lambda each: (not each.loses, each.resource)):
            replaced = {"True": "REPLACED", "Conditional": "perhaps replaced"}
            how = replaced.get(change.replacement, "")
            say(f"  {change.action:8} {change.resource:44} {change.kind:34} {how}".rstrip())


def ask(plans: Sequence[Plan]) -> bool:
    """Show the plans, and ask."""
    show(plans)
    return agreed("\nMake these changes?")


def agree_unasked(plans: Sequence[Plan]) -> bool:
    """Show the plans of an unattended deploy."""
    show(plans)
    return True


def ask_for_data() -> bool:
    """Ask for the reference data that was just shown."""
    return agreed("\nThe stacks are deployed. Write this reference data?")


def _clients() -> Client:
    made: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in made:
            made[service] = cloud.client(service)
        return made[service]

    return client


def main() -> None:
    """Deploy from the command line; every foreseen failure is one sentence."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("stage", nargs="?")
    parser.add_argument(
        "--personal-data-abroad",
        metavar="HOST",
        action="append",
        default=[],
        help="a host where invented data only will be recorded, outside the allowed places",
    )
    parser.add_argument("--yes", action="store_true", help="make the changes shown, unasked")
    parser.add_argument(
        "--revert-drift", action="store_true", help="undo what was changed by hand as well"
    )
    parser.add_argument("--wait", action="store_true", help="wait until alarms are heard")
    parser.add_argument(
        "--account-setup", action="store_true", help="prepare the account, once per region"
    )
    asked = parser.parse_args()
    if not asked.account_setup and asked.stage is None:
        parser.error("name a stage, or --account-setup")
    with in_a_sentence(*_FORESEEN):
        _run(asked, _clients())


def _run(asked: argparse.Namespace, client: Client) -> None:
    agree = agree_unasked if asked.yes else ask
    if asked.account_setup:
        set_up_account(client, agree)
    if asked.stage is None:
        return
    agree_to_data = (lambda: True) if asked.yes else ask_for_data
    facts = deploy(
        client,
        asked.stage,
        asked.personal_data_abroad,
        agree,
        agree_to_data,
        revert_drift=asked.revert_drift,
    )
    say(f"In DNS {facts['DomainName']} must be a CNAME of {facts['DomainTarget']}.")
    patience = PATIENCE if asked.wait else 0.0
    check_alarms(client("sns"), facts["AlarmTopicArn"], patience=patience)
    say(f"Ready: https://{facts['DomainName']}/intake/v1 and its neighbours.")


if __name__ == "__main__":
    main()
