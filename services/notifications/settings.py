"""What notifications alone reads from the environment; see `shared.settings`."""

from shared.settings import Setting

OWN = ("notifications",)

message_gateway_url = Setting("MESSAGE_GATEWAY_URL", OWN, "gateway that carries messages to people")
message_gateway_token = Setting(
    "MESSAGE_GATEWAY_TOKEN", OWN, "what the gateway knows us by; it may ask for nothing", default=""
)
public_url = Setting(
    "PUBLIC_URL",
    OWN,
    "host of feedback links where a region sets no page",
    default="",
)


def recipients(owner: str) -> Setting:
    """Return the setting that names the function which resolves an owner's recipients."""
    return Setting(f"{owner.upper()}_RECIPIENTS", OWN, f"resolve-recipients of {owner}")
