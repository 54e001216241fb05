"""Whatever the terminal is and wherever the output goes, a command says what it can and no more."""

import errno
import os
import re
import shutil
import signal
import sqlite3
import sys
from collections.abc import Mapping
from subprocess import PIPE, CompletedProcess, Popen, run

import pytest
from botocore import exceptions as aws

from infra.deployment.stack_failures import DeployFailed
from infra.services import ROOT
from infra.terminal import at_any_terminal, in_a_sentence, is_gone

SAYS = "from infra.terminal import *\nwith at_any_terminal():\n    {lines}"


def _run(lines: str, environment: Mapping[str, str] | None = None) -> CompletedProcess[bytes]:
    command = [sys.executable, "-c", SAYS.format(lines=lines)]
    return run(command, cwd=ROOT, env=os.environ | (environment or {}), capture_output=True)


@pytest.mark.parametrize(
    ("named", "encoding", "shown"),
    [("ascii", "utf-8", "Рядом…"), ("koi8-r", "koi8-r", "Рядом?"), ("utf-8", "utf-8", "Рядом…")],
)
def test_a_terminal_of_any_alphabet_is_spoken_to(named: str, encoding: str, shown: str) -> None:
    done = _run("say('Рядом…')", {"PYTHONIOENCODING": named})
    assert (done.returncode, done.stdout.decode(encoding)) == (0, f"{shown}\n")


@pytest.mark.parametrize(
    ("typed", "taken"), [("", "False"), ("y\n", "True"), ("\n", "False"), ("\udcff\n", "False")]
)
def test_only_a_y_is_a_yes(typed: str, taken: str) -> None:
    asking = SAYS.format(lines="say(str(agreed('Do it?')))")
    done = run(
        [sys.executable, "-c", asking], cwd=ROOT, input=typed.encode(errors="surrogateescape"),
        env=os.environ | {"PYTHONIOENCODING": "utf-8"}, capture_output=True,
    )  # fmt: skip
    assert (done.stderr, done.stdout.split()[-1].decode()) == (b"", taken)


def test_a_question_that_nobody_can_answer_is_a_no() -> None:
    asking = SAYS.format(lines="say(str(agreed('Do it?')))")
    closed = run(
        ["sh", "-c", f'"{sys.executable}" -c "$0" <&-', asking], cwd=ROOT, capture_output=True
    )
    assert (closed.stderr, closed.stdout.split()[-1:]) == (b"", [b"False"])


def test_a_reader_who_has_enough_ends_it_without_a_word_but_not_as_if_all_was_done() -> None:
    """`python -m infra.deploy … | head` broke a deploy off, and its code was that of a success."""
    command = [sys.executable, "-c", SAYS.format(lines="while 1: say('x')")]
    with Popen(command, cwd=ROOT, stdout=PIPE, stderr=PIPE) as ended:
        assert ended.stdout and ended.stderr
        ended.stdout.close()
        assert ended.stderr.read() == b""
    assert ended.returncode == 128 + signal.SIGPIPE


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device", "state"),
        PermissionError(errno.EACCES, "Permission denied", "state"),
        OSError(errno.EROFS, "Read-only file system", "state"),
        IsADirectoryError(errno.EISDIR, "Is a directory", "state"),
        shutil.Error([("a", "b", "No space left on device")]),
        sqlite3.OperationalError("unable to open database file"),
    ],
)
def test_what_cannot_be_written_is_told_in_a_sentence(error: Exception) -> None:
    for command in (at_any_terminal, in_a_sentence):
        told = pytest.raises(SystemExit, match=r"cannot be written: .*(state|device|database)")
        with told, command():
            raise error


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (aws.NoRegionError(), "AWS_REGION=…"),
        (aws.NoCredentialsError(), "AWS_PROFILE=…"),
        (aws.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), "PROFILE"),
        (aws.ProfileNotFound(profile="of-yesterday"), "list-profiles"),
        (aws.SSOTokenLoadError(error_msg="Token for work does not exist"), "`aws sso login`"),
        (aws.UnauthorizedSSOTokenError(), "`aws sso login`"),
        (aws.TokenRetrievalError(provider="sso", error_msg="expired"), "`aws sso login`"),
        (aws.CredentialRetrievalError(provider="custom-process", error_msg=""), "AWS_PROFILE=…"),
        (aws.InvalidConfigError(error_msg='The source_profile "of-yesterday" is none'), "PROFILE"),
        (aws.EndpointConnectionError(endpoint_url="https://x"), "run this again"),
        (aws.ReadTimeoutError(endpoint_url="https://x"), "run this again"),
        (aws.ProxyConnectionError(proxy_url="http://x"), "HTTPS_PROXY"),
    ],
)
def test_what_the_library_of_aws_leaves_unsaid_is_said(error: Exception, step: str) -> None:
    together = DeployFailed("two stacks")
    together.__cause__ = error
    for failed in (error, together):
        with (
            pytest.raises(SystemExit, match=rf"(?s){re.escape(str(failed))}\n.*{step}"),
            in_a_sentence(DeployFailed, aws.BotoCoreError),
        ):
            raise failed


def test_a_terminal_that_was_closed_is_noticed() -> None:
    ours, terminal = os.openpty()
    assert not is_gone(terminal)
    os.close(ours)
    assert is_gone(terminal)
    os.close(terminal)


def test_what_was_not_foreseen_stays_as_it_is() -> None:
    with pytest.raises(FileNotFoundError), at_any_terminal():
        raise FileNotFoundError(errno.ENOENT, "a fault of ours")
