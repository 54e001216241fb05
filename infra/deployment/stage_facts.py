"""What a stage's own file says, `infra/stages/STAGE.toml`, looked at before anything is built."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from infra.configuration.regions import written
from infra.deployment.deployer import Facts
from infra.packaging import templates
from infra.services import INFRA, app_folders
from shared.identity.authorizer import COGNITO_CLAIMS

NEEDED = ("CodeBucket", "DomainName", "CertificateArn", "PublicUrl")
OPTIONAL = (
    "AlarmEmail", "AllowedOrigins", "ApiConcurrency", "Audience", "ChannelRoots", "ChannelSecrets",
    "Claims", "ConsumerConcurrency",
    "Issuer", "JwksUrl", "LocalCallbackUrl", "LogRetentionDays",
    "PythonRuntime", "RequestsFromAnAddress", "RouteMetrics", "SignInCodesAnHour",
    "SmsPartKopecks", "StrangerMessagesAnHour", "TelephonySecrets",
)  # fmt: skip
# A stage's name is part of names that AWS keeps short: those of buckets and of the login page.
STAGE = re.compile(r"(?!.*(?:aws|amazon|cognito))[a-z][a-z0-9-]{1,11}")


class Refusal(Exception):
    """Nothing was deployed; the message is the sentence that says why."""


def facts_of(stage: str, folder: Path = INFRA / "stages") -> Facts:
    """Return what is particular to a stage; refuse what its templates could not take."""
    path = folder / f"{stage}.toml"
    if stage == "local":
        raise Refusal("The stage `local` is the one of `make run`; choose another name.")
    if not STAGE.fullmatch(stage):
        raise Refusal(
            f"No stage can be called `{stage}`: take 2 to 12 small letters, digits and dashes, a "
            "letter first, without the words aws, amazon and cognito."
        )
    if not path.exists():
        raise Refusal(
            f"infra/stages/{stage}.toml is missing; infra/stages/README.md says what to write."
        )
    said = written(path)
    facts = {name: str(value) for name, value in said.items()}
    many = [name for name, value in said.items() if isinstance(value, list | dict)]
    if many:
        raise Refusal(
            f"infra/stages/{stage}.toml says {', '.join(many)} as a list or table: a stage says "
            "each as one text or number."
        )
    for fault in _faults(facts):
        raise Refusal(f"infra/stages/{stage}.toml {fault}")
    return facts | {"Stage": stage}


def _faults(facts: Facts) -> Iterator[str]:
    missing = [name for name in NEEDED if not facts.get(name)]
    if missing:
        yield f"does not say {', '.join(missing)}."
    if "ClockFile" in facts:
        yield "says ClockFile: business time cannot be moved in a deployed stage. Take it out."
    if facts.get("PublicUrl", "").startswith("http:"):
        yield "says a PublicUrl without https, to which the login page leads nobody back."
    yield from _faults_of_issuer(facts)
    unknown = [name for name in facts if name not in NEEDED + OPTIONAL]
    if unknown:
        yield (
            f"says {', '.join(unknown)}, which nothing asks for. "
            f"A stage may say {', '.join(sorted(NEEDED + OPTIONAL))}."
        )
    for stack in ("platform", *app_folders()):
        asked = templates.stack(stack)["Parameters"]
        for name in facts.keys() & asked.keys():
            if not _fits(facts[name], asked[name]):
                meaning = asked[name].get("Description") or "a number"
                fitting = ", ".join(map(str, asked[name].get("AllowedValues", ()))) or meaning
                yield f"says {name} = {facts[name]}, which does not fit: {fitting}."


def _faults_of_issuer(facts: Facts) -> Iterator[str]:
    """Tell what would leave a stage with people of another issuer closed, or open to strangers."""
    said = {name: facts.get(name, "") for name in ("Issuer", "JwksUrl", "Audience")}
    if any(said.values()) and not all(said.values()):
        missing = " and ".join(name for name, value in said.items() if not value)
        yield f"names another issuer but does not say {missing}: nobody could log in."
    if said["JwksUrl"] and not said["JwksUrl"].startswith("https://"):
        yield "says a JwksUrl without https: whoever stands between could let anybody in."
    try:
        claims = json.loads(facts.get("Claims") or "{}")
        fits = claims.keys() <= COGNITO_CLAIMS.keys() and all(
            isinstance(each, str) for each in claims.values()
        )
    except (ValueError, AttributeError):
        fits = False
    if not fits:
        known = ", ".join(COGNITO_CLAIMS)
        yield f"says Claims that are no JSON object of names of claims for some of {known}."


def _fits(value: str, asked: templates.Template) -> bool:
    """Whether a parameter of a template takes a value, as CloudFormation would say later."""
    values = asked.get("AllowedValues", ())
    return (
        re.fullmatch(asked.get("AllowedPattern", ".*"), value) is not None
        and (not values or value in map(str, values))
        and (
            asked["Type"] != "Number"
            or (value.isdecimal() and int(value) >= asked.get("MinValue", 0))
        )
    )


def allowed(host: str) -> bool:
    """Whether personal data may be recorded first at that host."""
    text = (INFRA / "locations.toml").read_text("utf-8")
    hosts = tomllib.loads(text)["hosts"]
    return any(host == each or host.endswith(f".{each}") for each in hosts)


def check_locations(endpoints: Iterable[str], acknowledged: Iterable[str]) -> None:
    """Refuse places outside the allow-list unless the very name of each was acknowledged."""
    hosts = [urlsplit(endpoint).hostname or endpoint for endpoint in endpoints]
    abroad = [host for host in hosts if not allowed(host)]
    if not set(abroad) <= set(acknowledged):
        raise Refusal(
            f"Personal data would be recorded at {' and '.join(abroad)}, outside the places that "
            "infra/locations.toml allows (152-FZ, article 18 part 5). If only invented data will "
            f'ever be there, say so with ABROAD="{" ".join(abroad)}", or '
            + " ".join(f"--personal-data-abroad {host}" for host in abroad)
        )


def check_makers(maker: str, endpoints: Iterable[str]) -> None:
    """Refuse a place of rows or files that is not where CloudFormation would make them.

    It knows no endpoint of theirs, nor do the functions: both take the region's own.
    """
    host = urlsplit(maker).hostname or maker
    home = [each for each in endpoints if allowed(urlsplit(each).hostname or each)]
    if home and not allowed(host):
        raise Refusal(
            f"Tables and files would be made by {host}, and not at {' and '.join(home)}, which is "
            "only where this command would look for them. Take that endpoint out of the "
            "configuration (AWS_ENDPOINT_URL_…)."
        )
