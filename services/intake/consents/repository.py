"""The catalogue of consent texts, every version of them."""

from functools import cache
from pathlib import Path

from services.intake.codes.values import ConsentPurpose
from services.intake.consents.values import ConsentText
from shared.data_files import read_toml
from shared.errors import Invalid

_FILE = Path(__file__).resolve().parent.parent / "consents.toml"


@cache
def consent_texts() -> dict[ConsentPurpose, tuple[ConsentText, ...]]:
    """Return the versions of each text, the one in force last."""
    found = read_toml(_FILE)
    return {
        purpose: tuple(ConsentText(purpose=purpose, **each) for each in found[purpose])
        for purpose in ConsentPurpose
    }


def text_in_force(purpose: ConsentPurpose) -> ConsentText:
    """Return the text that is read to families now."""
    return consent_texts()[purpose][-1]


def find_text(purpose: ConsentPurpose, version: str | None, pointer: str) -> ConsentText:
    """Return the text of a version, or the one in force; raises Invalid for an unknown one."""
    if version is None:
        return text_in_force(purpose)
    versions = consent_texts()[purpose]
    found = next((each for each in versions if each.version == version), None)
    if found is None:
        known = ", ".join(each.version for each in versions)
        raise Invalid("unknown_consent_text", pointer, known=known)
    return found
