"""A client of boto3 that remembers what it is asked, for a baseline that sends the same."""

from typing import Any


class Recording:
    """The real client, remembering the calls that were made through it, in their order."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.client, name)

        def recorded(**request: Any) -> Any:
            self.calls.append((name, request))
            return call(**request)

        return recorded

    def only_transaction(self) -> dict[str, Any]:
        """Return the one call that was made, which is a transaction."""
        ((name, request),) = self.calls
        if name != "transact_write_items":
            raise RuntimeError(f"{name} is no transaction")
        return request
