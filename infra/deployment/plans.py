"""What would happen to a stack, read from a change set: what is lost, what would begin empty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# What refuses to be deleted once it is protected, by the rollback of its own creation too.
PROTECTED = ("AWS::DynamoDB::Table", "AWS::Cognito::UserPool")
# What keeps data and would begin empty; all but layers that UpdateReplacePolicy retains.
KEEPS_DATA = (*PROTECTED, "AWS::KMS::Key", "AWS::S3::Bucket")


@dataclass(frozen=True)
class Change:
    """What would happen to one resource."""

    action: str
    resource: str
    kind: str
    replacement: str
    # The properties that cannot be changed where the resource is.
    because: tuple[str, ...] = ()
    # Somebody has deleted what the stack had.
    gone: bool = False

    @property
    def begins_empty(self) -> bool:
        """Whether another one would take the place of what keeps data."""
        return self.kind in KEEPS_DATA and (self.gone or self.replacement == "True")

    @property
    def cause(self) -> str:
        """Why another one would take the place of what is there, or was."""
        named = " and ".join(self.because) or "its type"
        return "which was deleted" if self.gone else f"for {named}"

    @property
    def loses(self) -> bool:
        """Whether what is there now goes."""
        return self.action == "Remove" or self.replacement in ("True", "Conditional")


@dataclass(frozen=True)
class Plan:
    """What would happen to one stack; without a change set nothing would."""

    stack: str
    creates: bool
    change_set: str | None
    changes: Sequence[Change]

    @property
    def adds_protected(self) -> bool:
        """Whether it would make what must not be protected before it is complete."""
        return self.creates or any(
            each.action == "Add" and each.kind in PROTECTED for each in self.changes
        )

    @property
    def changed_rules(self) -> list[str]:
        """The rules by which the stack, if it is there, would hear other events than before."""
        heard = [each for each in self.changes if each.kind == "AWS::Events::Rule"]
        return [
            f"{self.stack} {each.resource}"
            for each in heard
            if not self.creates and each.action != "Remove" and each.resource.endswith("Rule")
        ]


def change_of(described: Mapping[str, Any]) -> Change:
    """Return a change as a change set describes it."""
    resource = described["ResourceChange"]
    return Change(
        resource["Action"],
        resource["LogicalResourceId"],
        resource["ResourceType"],
        resource.get("Replacement", ""),
        tuple(
            each["Target"]["Name"]
            for each in resource.get("Details", ())
            if each["Target"].get("RequiresRecreation") == "Always"
        ),
        resource.get("ResourceDriftStatus") == "DELETED",
    )
