"""Speaks with the person at the terminal."""

import codecs
import errno
import io
import os
import select
import shutil
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from botocore import exceptions as aws

_NOT_WRITTEN = (
    "Something cannot be written: {error}. Make room on the disk, or see to it that you may write "
    "there, and run this again."
)
_ENDED = (
    "Your credentials have ended in the middle. What the cloud has begun it ends by itself: get "
    "new ones, then run this again."
)
_ASKED_TOO_OFTEN = (
    "This account asks AWS more often than it may, perhaps by other programs. What the cloud has "
    "begun it ends by itself: wait a minute, then run this again."
)
_LOG_IN = (
    "Log in anew (`aws sso login`), or choose a profile that is there by AWS_PROFILE=… (`aws "
    "configure list-profiles`; `aws configure sso` makes one), and run this again."
)
_UNKNOWN = (
    "AWS does not know these credentials (in a region that the account has not switched on it "
    f"knows none), or this machine's clock is wrong. {_LOG_IN}"
)
# The next step after what AWS answers.
_AFTER = {
    **dict.fromkeys(
        (
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "InvalidAccessKeyId",
            "InvalidIdentityToken",
            "IncompleteSignature",
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "RequestTimeTooSkewed",
        ),
        (_UNKNOWN,),
    ),
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "RequestExpired"), (_ENDED,)),
    **dict.fromkeys(
        (
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "SlowDown",
        ),
        (_ASKED_TOO_OFTEN,),
    ),
}
_NO_CODE = (
    "The role of AWS_PROFILE wants a code of a second factor, and there is no terminal to type it "
    "at. Run this at one, or with a profile that needs no code."
)
# The next step where the library of AWS says none.
_NEXT_STEPS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    (
        (aws.NoRegionError,),
        "Say AWS_REGION=…, or AWS_PROFILE=… of a profile that has one, and run this again.",
    ),
    (
        (
            aws.NoCredentialsError,
            aws.PartialCredentialsError,
            aws.ProfileNotFound,
            aws.SSOError,
            aws.TokenRetrievalError,
            aws.CredentialRetrievalError,
            aws.InvalidConfigError,
        ),
        _LOG_IN,
    ),
    (
        (aws.ConnectionError, aws.HTTPClientError),
        "Is there a network, and a proxy or endpoint that should not be (HTTPS_PROXY, "
        "AWS_ENDPOINT_URL)? What the cloud has begun it ends by itself; then run this again.",
    ),
)
# How a shell says that a reader has gone.
_UNHEARD = 128 + signal.SIGPIPE
# What a person can do something about.
_NO_PLACE = (
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR,
    errno.EISDIR,
)  # fmt: skip


def say(text: str) -> None:
    """Tell the person a line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def is_gone(terminal: int) -> bool:
    """Whether a terminal was closed, of which the leader of its session hears and no other."""
    asked = select.poll()
    asked.register(terminal, 0)
    return any(said & select.POLLHUP for _, said in asked.poll(0))


def agreed(question: str) -> bool:
    """Take a y for yes; all else is a no: silence, no input at all, what is no text, Ctrl-C."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt, RuntimeError, UnicodeError):
        say("")
        return False


@contextmanager
def at_any_terminal() -> Iterator[None]:
    """Run a command whose output may be cut off, on a disk that may be full or not ours."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            plain = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if plain else None, errors="replace")
    try:
        yield
    except OSError as error:
        if isinstance(error, BrokenPipeError) or error.errno == errno.EIO:
            # Who reads, like `head`, has enough, or the terminal is closed: not all was done.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(_UNHEARD) from None
        elif isinstance(error, shutil.Error) or error.errno in _NO_PLACE:
            raise SystemExit(_NOT_WRITTEN.format(error=error)) from None
        else:
            raise
    except sqlite3.OperationalError as error:
        raise SystemExit(_NOT_WRITTEN.format(error=error)) from None


@contextmanager
def in_a_sentence(*foreseen: type[Exception]) -> Iterator[None]:
    """End a command that fails as foreseen, or is broken off, with a sentence."""
    try:
        with at_any_terminal():
            yield
    except foreseen as refusal:
        raise SystemExit("\n".join([str(refusal), *_next_step(refusal)])) from None
    except EOFError:  # a question of ours takes no input for a no; another is of AWS's library
        raise SystemExit(_NO_CODE) from None
    except KeyboardInterrupt:
        raise SystemExit(
            "\nBroken off. What the cloud has begun it may end by itself; then run this again."
        ) from None


def _next_step(refusal: BaseException) -> Iterator[str]:
    """Say what helps against what AWS or its library has said, be it about several stacks."""
    if isinstance(refusal, aws.ClientError):
        yield from _AFTER.get(refusal.response["Error"]["Code"], ())
    yield from (step for kinds, step in _NEXT_STEPS if isinstance(refusal, kinds))
    if refusal.__cause__ is not None:
        yield from _next_step(refusal.__cause__)
