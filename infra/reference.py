"""Puts a stage's reference data where its services read it: `python -m infra.reference STAGE`.

It checks the files (infra/stages/README.md says how to write them), shows what would change, asks,
and writes. Services see the change within five minutes; nothing is released.
"""

import argparse
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.configuration.code_lists import changed_codes, read_code_lists
from infra.configuration.reference_table import Refusal, changes, led_by, publish
from infra.configuration.regions import Unfit, read_stage
from infra.deployment import cloud
from infra.local_platform.emulator import CannotStart
from infra.local_platform.platform_client import attach
from infra.local_platform.saved_state import STATE
from infra.local_platform.users import UnknownUser
from infra.terminal import agreed, in_a_sentence, say
from shared.reference.code_lists import StageLists
from shared.reference.regions import Region


def _stage(stage: str) -> tuple[Any, str, dict[str, Region]]:
    """Return where a stage keeps its reference data, and the regions that its files say."""
    regions = read_stage(stage)
    if stage == "local":
        platform = attach(STATE)
        regions = led_by(regions, platform.people.identity)
        return platform.client("dynamodb"), platform.facts["ReferenceTableName"], regions
    table = cloud.platform_outputs(stage)["ReferenceTableName"]
    return cloud.client("dynamodb"), table, regions


def main() -> None:
    """Publish from the command line; every foreseen failure is one sentence."""
    parser = argparse.ArgumentParser(prog="python -m infra.reference", description=__doc__)
    parser.add_argument("stage")
    parser.add_argument("--check", action="store_true", help="read the files and stop")
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument("--remove", metavar="CODE", action="append", default=[])
    asked = parser.parse_args()
    with in_a_sentence(
        Refusal, Unfit, UnknownUser, CannotStart, cloud.NotDeployed, BotoCoreError, ClientError
    ):
        if asked.check:
            regions, codes = read_stage(asked.stage), read_code_lists(asked.stage)
            for line in (*changes({}, regions), *changed_codes(StageLists(), codes)):
                say(line)
            return
        dynamodb, table, regions = _stage(asked.stage)
        publish(
            dynamodb,
            table,
            regions,
            say,
            codes=read_code_lists(asked.stage),
            removed=asked.remove,
            agreed=lambda: asked.yes or agreed("Write this?"),
        )


if __name__ == "__main__":
    main()
