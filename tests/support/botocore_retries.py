"""What botocore's `standard` mode does around every call, for clients that are not botocore's.

Its licence to be trusted is tests/shared/test_budget.py, which counts what the real one repeats.
"""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError, HTTPClientError
from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker

from shared import aws

_STATUSES = set(TransientRetryableChecker._TRANSIENT_STATUS_CODES)
_CODES = {
    *TransientRetryableChecker._TRANSIENT_ERROR_CODES,
    *ThrottledRetryableChecker._THROTTLED_ERROR_CODES,
}


class StandardRetries:
    """A client whose calls are repeated as botocore repeats them, without the pauses."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def __getattr__(self, method: str) -> Callable[..., Any]:
        effect = getattr(self.client, method)

        def call(**request: Any) -> Any:
            for left in reversed(range(aws.ATTEMPTS)):
                try:
                    return effect(**request)
                except (ClientError, HTTPClientError) as error:
                    if not left or not _may_be_repeated(error):
                        raise
            raise AssertionError("unreachable")

        return call


def _may_be_repeated(error: ClientError | HTTPClientError) -> bool:
    if isinstance(error, HTTPClientError):
        return True
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return error.response["Error"]["Code"] in _CODES or status in _STATUSES
