"""What the kernel reads from its function's environment, which the templates of `infra/` set.

Guarantees
* A value is read when it is asked for, never at import.
* A setting that is not set, or is empty, and has no default fails with its name.
* No other module of the kernel or a service reads the environment; what one service alone needs
  is in `services/X/settings.py`. Tests hold that, and compare both with the templates.
"""

import os
from dataclasses import dataclass


class MissingSetting(Exception):
    """A template does not set what its function needs."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not set in this function's environment")
        self.name = name


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable of the environment, with the templates that set it; call it for the value."""

    name: str
    set_by: tuple[str, ...]
    meaning: str
    default: str | None = None

    def __call__(self) -> str:
        """Return the value, or the default; raise MissingSetting when there is neither."""
        value = os.environ.get(self.name) or self.default
        return self.required() if value is None else value

    def required(self) -> str:
        """Return the value where no default will do; raise MissingSetting when there is none."""
        value = os.environ.get(self.name)
        if not value:
            raise MissingSetting(self.name)
        return value


ALL = ("service", "till", "platform")
WITH_TABLES = ("service", "till")

service = Setting("SERVICE", ALL, "the service, as logs and its keys name it", default="unknown")
stage = Setting("STAGE", ALL, "the stage, a dimension of every metric", default="local")
clock_file = Setting("CLOCK_FILE", WITH_TABLES, "moves business time, local only", default="")

allowed_origins = Setting(
    "ALLOWED_ORIGINS", ("api",), "origins whose pages may call, with commas between", default=""
)

data_table = Setting("DATA_TABLE", WITH_TABLES, "table of aggregates, projections and inbox rows")
outbox_table = Setting("OUTBOX_TABLE", WITH_TABLES, "table of events to publish")
audit_table = Setting("AUDIT_TABLE", ("service",), "table of audit entries")
keys_table = Setting("KEYS_TABLE", ("service",), "table of wrapped keys of people")
root_key = Setting("ROOT_KEY", WITH_TABLES, "the service's root key, wrapped by KMS, in base64")
reference_table = Setting("REFERENCE_TABLE", ("service",), "table of regions and districts")
files_bucket = Setting("FILES_BUCKET", ("files",), "bucket of imports, exports and prints")

bus_name = Setting("BUS_NAME", ("service",), "bus that events are published on")
queue_url = Setting("QUEUE_URL", ("service",), "queue of events and due rows")
jobs_queue_url = Setting(
    "JOBS_QUEUE_URL", ("jobs",), "queue of jobs; a service without jobs has none", default=""
)

issuer = Setting("ISSUER", ("platform",), "OIDC issuer of the staff's tokens")
audience = Setting("AUDIENCE", ("platform",), "client id that the staff's tokens are made for")
jwks_url = Setting("JWKS_URL", ("platform",), "where the issuer's public keys are")
claims = Setting(
    "CLAIMS", ("platform",), "where the issuer keeps roles and territory, in JSON", default="{}"
)
user_pool_id = Setting(
    "USER_POOL_ID", ("platform",), "the stage's own user pool; another issuer has none", default=""
)
machine_key_arn = Setting("MACHINE_KEY_ARN", ("platform",), "KMS key that signs machine tokens")
machine_tokens_table = Setting(
    "MACHINE_TOKENS_TABLE", ("platform",), "table of machine tokens that are good"
)
people_keys = Setting(
    "PEOPLE_KEYS",
    ("platform",),
    "KMS keys that sign the tokens of people without accounts, by service, in JSON",
    default="{}",
)
people_key_arn = Setting("PEOPLE_KEY_ARN", ("people",), "KMS key that signs this service's tokens")
sign_in_codes_an_hour = Setting(
    "SIGN_IN_CODES_AN_HOUR",
    ("people",),
    "codes that may leave in an hour",
    default="600",
)
stranger_messages_an_hour = Setting(
    "STRANGER_MESSAGES_AN_HOUR",
    ("public_forms",),
    "messages that may leave in an hour because of public forms",
    default="600",
)


def in_lambda() -> bool:
    """Whether this process is a function of AWS Lambda, whose runtime says so."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ


def starts_ahead() -> bool:
    """Whether this process starts before a caller waits for it, as SnapStart lets it."""
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand") != "on-demand"


def environment_with(**changes: str) -> dict[str, str]:
    """Return the environment of a child process: this one's with some changes."""
    return os.environ | changes
