"""Puts everything into a cloud account: `python -m infra.deploy STAGE`, see infra/stages/README.md.

The endpoint, the region and the account come from the standard configuration of AWS clients
(AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL …); what differs between stages stands in
`infra/stages/STAGE.toml`.
"""

import argparse
import sys
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra import reference
from infra.artefact import CannotPackage
from infra.package import package
from infra.regions import Unfit, read_stage
from infra.runtime import DEFAULT, of_stage
from infra.stacks import Deployer, DeployFailed, Facts

INFRA = Path(__file__).parent
NEEDED = ("CodeBucket", "DomainName", "CertificateArn", "MessageGatewayUrl", "PublicUrl")


class Refusal(Exception):
    """Nothing was deployed; the message is the sentence that says why."""


def allowed(host: str) -> bool:
    """Whether personal data may be recorded first at that host."""
    hosts = tomllib.loads((INFRA / "locations.toml").read_text("utf-8"))["hosts"]
    return any(host == each or host.endswith(f".{each}") for each in hosts)


def check_location(endpoint: str, acknowledged: str | None) -> None:
    """Refuse a place outside the allow-list unless its very name was acknowledged."""
    host = urlsplit(endpoint).hostname or endpoint
    if allowed(host) or acknowledged == host:
        return
    raise Refusal(
        f"Personal data would be recorded at {host}, outside the places that infra/locations.toml "
        "allows (152-FZ, article 18 part 5). If only invented data will ever be there, say so "
        f"with --personal-data-abroad {host}"
    )


def facts_of(stage: str, folder: Path = INFRA / "stages") -> Facts:
    """What is particular to a stage."""
    path = folder / f"{stage}.toml"
    if stage == "local":
        raise Refusal("The stage `local` is the one of `make run`; choose another name.")
    if not path.exists():
        raise Refusal(
            f"infra/stages/{stage}.toml is missing; infra/stages/README.md says what to write."
        )
    facts = {name: str(value) for name, value in tomllib.loads(path.read_text("utf-8")).items()}
    missing = [name for name in NEEDED if not facts.get(name)]
    if missing:
        raise Refusal(f"infra/stages/{stage}.toml does not say {', '.join(missing)}.")
    if "ClockFile" in facts:
        raise Refusal("Business time cannot be moved in a deployed stage: take ClockFile out.")
    return facts | {"Stage": stage}


def deploy(stage: str, acknowledged: str | None) -> Facts:
    """Check, build and deploy a stage; its facts afterwards."""
    facts, regions = facts_of(stage), read_stage(stage)
    clients: dict[str, Any] = {}

    def client(service: str) -> Any:
        import boto3

        if service not in clients:
            clients[service] = boto3.client(service)
        return clients[service]

    check_location(client("dynamodb").meta.endpoint_url, acknowledged)
    for needed in ("cloudformation", "s3", "ssm", "kms"):
        client(needed)  # clients are not made in several threads at once
    made = package(runtime=of_stage(facts.get("PythonRuntime", DEFAULT)))
    if made.warning:
        say(made.warning)
    bucket = facts.pop("CodeBucket")
    deployer = Deployer(client, bucket, say, prefix=f"ryadom-{stage}", protect=True)
    facts = deployer.deploy(made, facts)
    reference.publish(client("dynamodb"), facts["ReferenceTableName"], regions, say)
    return facts


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Deploy from the command line; every foreseen failure is one sentence."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("stage")
    parser.add_argument(
        "--personal-data-abroad",
        metavar="HOST",
        help="the host where invented data only will be recorded, outside the allowed places",
    )
    asked = parser.parse_args()
    try:
        facts = deploy(asked.stage, asked.personal_data_abroad)
    except (Refusal, reference.Refusal, Unfit, CannotPackage, DeployFailed) as refusal:
        raise SystemExit(str(refusal)) from None
    say(f"Deployed: https://{facts['DomainName']}/intake/v1 and its neighbours.")


if __name__ == "__main__":
    main()
