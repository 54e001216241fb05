"""The context of an invocation, with time to spare or with little."""

import time


class Context:
    """A Lambda context with time to spare."""

    function_name = "test"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:local:000000000000:function:test"
    aws_request_id = "00000000-0000-4000-8000-000000000000"

    def __init__(self, milliseconds: int = 60_000) -> None:
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


class Countdown:
    """The context of an invocation that ends after that many seconds."""

    aws_request_id = "req-1"
    function_name = "test"

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(1000 * (self.ends - time.monotonic()))
