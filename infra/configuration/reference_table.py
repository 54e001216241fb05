"""The table of reference data that a stage's services read through `shared.reference`."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from botocore.exceptions import ClientError
from pydantic import BaseModel, ValidationError

from infra.configuration.code_lists import changed_codes, lost_codes
from shared.reference.code_lists import ITEM_ID as CODE_LISTS
from shared.reference.code_lists import StageLists
from shared.reference.regions import INDEX_ID, Region, RegionIndex, RegionSummary, item_id

# An item of DynamoDB ends at 400 KB, names of its attributes included.
LARGEST = 390_000

Say = Callable[[str], None]
Value = TypeVar("Value", bound=BaseModel)


class Refusal(Exception):
    """Nothing was written; the message is the sentence that says why."""


@dataclass(frozen=True)
class Kept:
    """What a stage has now; `version` grows with every change; `codes` None cannot be read.

    `versions` are those of the items that were read, by id.
    """

    version: int
    regions: Mapping[str, Region]
    codes: StageLists | None
    versions: Mapping[str, int] = field(default_factory=dict)


class ReferenceTable:
    """The table that services read through `shared.reference`."""

    def __init__(self, dynamodb: Any, name: str) -> None:
        self._dynamodb = dynamodb
        self._name = name

    def kept(self) -> Kept:
        """Return what the table holds; an item that cannot be read counts as gone."""
        found = self._item(INDEX_ID)
        lists = self._item(CODE_LISTS)
        codes = StageLists() if lists is None else _read(StageLists, lists)
        versions = _version(CODE_LISTS, lists)
        if found is None:
            return Kept(0, {}, codes, versions)
        index = _read(RegionIndex, found) or RegionIndex(regions=())
        regions = {}
        for each in index.regions:
            item = self._item(item_id(each.code))
            versions |= _version(item_id(each.code), item)
            region = _read(Region, item)
            if region is not None:
                regions[each.code] = region
        return Kept(int(found["version"]["N"]), regions, codes, versions)

    def write(
        self, kept: Kept, regions: Mapping[str, Region], codes: StageLists | None = None
    ) -> None:
        """Make these the stage's regions and, unless None, its changes of the lists of codes.

        The list of regions comes last, so that it never names one that cannot be read.
        """
        wanted = items(regions, codes)
        if codes not in (None, kept.codes):
            self._put_seen(CODE_LISTS, wanted[CODE_LISTS], kept)
        for code, region in regions.items():
            if region != kept.regions.get(code):
                self._put_seen(item_id(code), wanted[item_id(code)], kept)
        self._put_over(INDEX_ID, wanted[INDEX_ID], kept.version, kept.version + 1)
        for code in kept.regions.keys() - regions.keys():
            key = {"id": {"S": item_id(code)}}
            self._dynamodb.delete_item(TableName=self._name, Key=key)

    def _item(self, identifier: str) -> dict[str, Any] | None:
        key = {"id": {"S": identifier}}
        answer = self._dynamodb.get_item(TableName=self._name, Key=key, ConsistentRead=True)
        item: dict[str, Any] | None = answer.get("Item")
        return item

    def _put_seen(self, identifier: str, value: str, kept: Kept) -> None:
        """Put an item over what was read of it; one that was not read has no version or no list."""
        if (seen := kept.versions.get(identifier)) is None:
            self._put(identifier, value, kept.version + 1)
        else:
            self._put_over(identifier, value, seen, kept.version + 1)

    def _put_over(self, identifier: str, value: str, expected: int, version: int) -> None:
        """Put an item over that version of it, and over no later one."""
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(id)"}
        if expected:
            condition = {
                "ConditionExpression": "version = :expected",
                "ExpressionAttributeValues": {":expected": {"N": str(expected)}},
            }
        try:
            self._put(identifier, value, version, **condition)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            raise Refusal("Somebody else has just changed it; look at the plan again.") from None

    def _put(self, identifier: str, value: str, version: int, **condition: Any) -> None:
        item = {"id": {"S": identifier}, "value": {"S": value}, "version": {"N": str(version)}}
        self._dynamodb.put_item(TableName=self._name, Item=item, **condition)


def _version(identifier: str, item: dict[str, Any] | None) -> dict[str, int]:
    """Return the version of an item: 0 of none, and none of one that a hand has written."""
    if item is None:
        return {identifier: 0}
    return {identifier: int(item["version"]["N"])} if "version" in item else {}


def _read(kind: type[Value], item: dict[str, Any] | None) -> Value | None:
    try:
        return None if item is None else kind.model_validate_json(item["value"]["S"])
    except (KeyError, ValidationError):
        return None


def items(regions: Mapping[str, Region], codes: StageLists | None = None) -> dict[str, str]:
    """Return the values of the table by id: regions, their list, what changes in lists of codes."""
    index = RegionIndex(regions=tuple(map(_summary, regions.values())))
    whole = {item_id(code): region.model_dump_json() for code, region in regions.items()}
    changed = {} if codes is None else {CODE_LISTS: codes.model_dump_json()}
    return {INDEX_ID: index.model_dump_json(), **whole, **changed}


def _summary(region: Region) -> RegionSummary:
    return RegionSummary.model_validate(region.model_dump(include=set(RegionSummary.model_fields)))


def check(
    kept: Kept,
    regions: Mapping[str, Region],
    codes: StageLists | None = None,
    removed: Collection[str] = (),
) -> None:
    """Refuse what would make kept rows unreadable, or does not fit."""
    forgotten = lost_codes(kept.codes or StageLists(), codes) if codes else []
    if forgotten:
        raise Refusal(
            f"{', '.join(forgotten)} would be gone: whatever is kept of it could no longer be "
            "shown. Put the code back and name it in `retire`."
        )
    gone = kept.regions.keys() - regions.keys()
    if staying := sorted(set(removed) - gone):
        raise Refusal(
            f"--remove {staying[0]}: no such region would be gone. Either its file is still there, "
            "or the stage has no such region."
        )
    if lost := sorted(gone - set(removed)):
        raise Refusal(
            f"{', '.join(lost)} would be gone: whatever is kept of that region could no longer be "
            "read. Put the file back or, if nothing is kept: python -m infra.reference STAGE "
            f"--remove {lost[0]}"
        )
    for identifier, value in items(regions, codes).items():
        if len(value.encode()) > LARGEST:
            raise Refusal(f"{identifier} does not fit into one item of {LARGEST} bytes.")


def changes(kept: Mapping[str, Region], wanted: Mapping[str, Region]) -> Iterator[str]:
    """Return what would change, a line each."""
    for code in sorted(kept.keys() | wanted.keys()):
        before, after = kept.get(code), wanted.get(code)
        if after is None:
            yield f"- region {code}"
        elif before is None:
            size = f"{after.zone.key}, {len(after.districts)} districts"
            yield f"+ region {code} {after.title}: {size}"
        elif before != after:
            yield from _changed_region(before, after)


def _changed_region(before: Region, after: Region) -> Iterator[str]:
    fields = [name for name in _differing(before, after) if name != "districts"]
    yield f"~ region {after.code}" + (f": {', '.join(fields)}" if fields else "")
    for code in sorted(before.districts.keys() | after.districts.keys()):
        old, new = before.districts.get(code), after.districts.get(code)
        if new is None:
            yield f"  - district {code}: what is kept of it stays, without a name to show"
        elif old is None:
            yield f"  + district {code} {new.name}"
        elif old != new:
            yield f"  ~ district {code}: {', '.join(_differing(old, new))}"


def _differing(before: Any, after: Any) -> list[str]:
    return [
        name for name in type(before).model_fields if getattr(before, name) != getattr(after, name)
    ]


def publish(
    dynamodb: Any,
    table: str,
    regions: Mapping[str, Region],
    say: Say,
    *,
    codes: StageLists | None = None,
    removed: Collection[str] = (),
    agreed: Callable[[], bool] = lambda: True,
) -> None:
    """Show what would change and, when that is agreed, write it; `codes` None changes no list."""
    place = ReferenceTable(dynamodb, table)
    kept = place.kept()
    check(kept, regions, codes, removed)
    lines = [*changes(kept.regions, regions), *_changes_of_lists(kept, codes)]
    if not lines:
        say("  reference data unchanged")
        return
    for line in lines:
        say(f"  {line}")
    if not agreed():
        raise Refusal("Nothing was written.")
    place.write(kept, regions, codes)
    say(f"  reference data written, version {kept.version + 1}")


def _changes_of_lists(kept: Kept, codes: StageLists | None) -> Iterator[str]:
    if codes is not None and kept.codes is None:
        yield "~ lists of codes: could not be read"
    if codes is not None:
        yield from changed_codes(kept.codes or StageLists(), codes)


def led_by(regions: Mapping[str, Region], identity: Callable[[str], str]) -> dict[str, Region]:
    """Return the regions with the ids of accounts instead of the names that `identity` knows."""
    return {
        code: region.model_copy(update={"lead": tuple(map(identity, region.lead))})
        for code, region in regions.items()
    }
