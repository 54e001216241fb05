"""Issue, list and revoke the tokens of bots and integrators: `python -m infra.machine_tokens`.

Only a caller who may use the platform's signing key in KMS can issue one. Without `--stage` it is
about the platform that runs on this machine.
"""

import argparse
import json
from datetime import UTC, datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from infra.configuration.token_list import ROLES, MachineTokens, Refusal
from infra.deployment import cloud
from infra.local_platform.emulator import CannotStart
from infra.local_platform.platform_client import attach
from infra.local_platform.saved_state import STATE
from infra.terminal import in_a_sentence, say
from shared import clock
from shared.identity import machine_tokens


def of_stage(stage: str) -> MachineTokens:
    """Return the tokens of a deployed stage, or of the platform on this machine."""
    if stage == "local":
        platform = attach(STATE)
        return MachineTokens(platform.client, platform.facts)
    return MachineTokens(cloud.client, cloud.platform_outputs(stage))


def _run(asked: argparse.Namespace) -> None:
    tokens = of_stage(asked.stage)
    if asked.command == "issue":
        made = tokens.issue(
            asked.name, asked.role, asked.days,
            scopes=asked.scope, regions=asked.region, org=asked.org,
        )  # fmt: skip
        say(made)
    elif asked.command == "revoke":
        say(f"{tokens.revoke(asked.token)} is revoked; within 60 s it opens nothing.")
    else:
        for row in tokens.listed():
            ends = datetime.fromtimestamp(int(row.pop("expires_at")), UTC)
            say(json.dumps(row | {"ends": clock.iso(ends)}, ensure_ascii=False))


def main() -> None:
    """Read the command line; every foreseen failure is one sentence."""
    with in_a_sentence(Refusal, CannotStart, cloud.NotDeployed, BotoCoreError, ClientError):
        _run(_parser().parse_args())


def _days(said: str) -> timedelta:
    try:
        return timedelta(days=int(said))
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError("no such number of days") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.machine_tokens", description=__doc__)
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--stage", default="local")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser(
        "issue", parents=[where], help="print a new token; it is kept nowhere"
    )
    one.add_argument("name", help="the machine, such as telegram-bot")
    one.add_argument("role", help=ROLES)
    one.add_argument("--scope", action="append", default=[])
    one.add_argument("--region", action="append", default=[], help="a region's code, * for all")
    one.add_argument("--org")
    one.add_argument("--days", type=_days, default=machine_tokens.LONGEST_LIFE)
    commands.add_parser("list", parents=[where], help="every token that has not ended long ago")
    ended = commands.add_parser("revoke", parents=[where], help="end a token within 60 s")
    ended.add_argument("token", help="its id (mtk_…) or the token itself")
    return parser


if __name__ == "__main__":
    main()
