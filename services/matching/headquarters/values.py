"""On whose word a job acts."""

from shared.domain import ValueObject


class Authority(ValueObject):
    """On whose word a job acts, as proved when the job was asked for."""

    id: str
    kind: str
    role: str
    regions: tuple[str, ...]
    scopes: tuple[str, ...] = ()
    org: str | None = None
