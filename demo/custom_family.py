"""A family of the user's own: read from a JSON file, and refused with a sentence that helps."""

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from demo.data import Facts, home, texts
from demo.stories import BEGINNING
from shared.api.json_guard import cleaned
from shared.privacy.contact import NewContact
from shared.reference.code_lists import shipped

STORY = "F-01"


class InvalidFamilyFile(Exception):
    """The file cannot be used; the message says why, in the user's language."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)


def _of_list(name: str) -> AfterValidator:
    """Return the rule that a text is a code of the list; the refusal names the codes."""

    def checked(value: str) -> str:
        known = [*shipped()[name].active]
        if value not in known:
            raise PydanticCustomError("unknown_code", "not in the list", {"codes": known})
        return value

    return AfterValidator(checked)


class Need(_Form):
    """One kind of help, in the family's own words."""

    category: Annotated[str, _of_list("guardian_categories")]
    words: str = Field(default="", max_length=2000)
    urgency: Annotated[str, _of_list("need_urgency")] = "normal"


def _not_in_future(month: str) -> str:
    if month > BEGINNING:
        raise PydanticCustomError("in_future", "after the story", {"month": BEGINNING[:7]})
    return month


Month = Annotated[
    str, Field(pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])$"), AfterValidator(_not_in_future)
]


class Member(_Form):
    """Somebody of the family; of a child only year and month of birth."""

    relation: Annotated[str, _of_list("family_member_relation")]
    born: Month | None = None


class Family(_Form):
    """What families.toml says about a family."""

    district: str
    applicant: Annotated[str, _of_list("family_member_relation")]
    name: str = Field(min_length=1, max_length=200)
    phone: str | None = None
    channel: Annotated[str, _of_list("contact_channel")] = "sms"
    address: str | None = None
    words: str = Field(default="", max_length=2000)
    reason: Annotated[str, _of_list("care_reason")] = "other"
    members: list[Member] = Field(default=[], max_length=20)
    needs: list[Need] = Field(min_length=1, max_length=10)


def read(path: Path) -> Facts:
    """The family in a file; raises InvalidFamilyFile."""
    words = texts()["own"]
    try:
        told = json.loads(cleaned(path.read_text("utf-8-sig")))
    except (FileNotFoundError, NotADirectoryError):
        raise InvalidFamilyFile(
            words["unreadable"].format(path=path, why=words["no_file"])
        ) from None
    except OSError:
        raise InvalidFamilyFile(
            words["unreadable"].format(path=path, why=words["closed"])
        ) from None
    except UnicodeDecodeError:
        raise InvalidFamilyFile(words["unreadable"].format(path=path, why=words["utf8"])) from None
    except RecursionError:
        raise InvalidFamilyFile(words["unreadable"].format(path=path, why=words["wrong"])) from None
    except json.JSONDecodeError as error:
        why = words["not_json"].format(line=error.lineno)
        raise InvalidFamilyFile(words["unreadable"].format(path=path, why=why)) from None
    try:
        family = Family.model_validate(told)
        _check_district(family.district)
        _check_contact(family)
    except ValidationError as error:
        lines = [_line(each["loc"], each["type"], each.get("ctx", {})) for each in error.errors()]
        raise InvalidFamilyFile("\n".join([words["unfit"].format(path=path), *lines])) from None
    except InvalidFamilyFile as error:
        raise InvalidFamilyFile("\n".join([words["unfit"].format(path=path), str(error)])) from None
    return {
        name: value
        for name, value in family.model_dump(exclude_none=True).items()
        if value not in ("", [])
    } | {"needs": [need.model_dump(exclude_defaults=True) for need in family.needs]}


def _check_district(district: str) -> None:
    known = home().districts
    if district not in known:
        raise InvalidFamilyFile(
            _field("district", texts()["own"]["choice"], choices=", ".join(known))
        )


def _check_contact(family: Family) -> None:
    """Refuse what nobody could be reached by."""
    words, fields = texts()["own"], {"name", "phone", "channel", "address"}
    try:
        NewContact.model_validate(family.model_dump(include=fields, exclude_none=True))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        about = {"name": words["name"], "phone": words["phone"], "address": words["wrong"]}
        kind = {
            "sms_needs_mobile": ("phone", words["mobile"]),
            "bad_email": ("address", words["email"]),
            "bad_chat": ("address", words["chat"]),
        }
        fault = kind.get(first["type"], (place or "channel", about.get(place, words["contact"])))
        raise InvalidFamilyFile(_field(*fault)) from None


def _line(place: tuple[int | str, ...], kind: str, about: dict[str, Any]) -> str:
    words = texts()["own"]
    field = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    if not field:
        return f"  {words['whole']}"
    if kind == "unknown_code":
        return _field(field, words["choice"], choices=", ".join(about["codes"]))
    why = {
        "missing": words["missing"],
        "extra_forbidden": words["unknown"],
        "string_type": words["quoted"],
        "string_pattern_mismatch": words["month"],
        "in_future": words["in_future"],
        "string_too_short": words["empty"],
        "string_too_long": words["long"],
        "too_short": words["empty"],
        "too_long": words["many"],
        "list_type": words["list"],
        "model_type": words["record"],
    }
    return _field(field, why.get(kind, words["wrong"]), **about)


def _field(field: str, why: str, **facts: object) -> str:
    line: str = texts()["own"]["field"]
    return "  " + line.format(field=field, why=why.format(**facts))
