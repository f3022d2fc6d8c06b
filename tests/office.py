"""Programs beside the one under test: a real worker, real mails in and out."""

import os
import smtplib
import socket
import time
from collections.abc import Callable, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from hub.celery import app
from hub.runtime import processes
from hub.runtime.supervisor import mail_command, worker_command

ROOT = Path(__file__).resolve().parents[1]
LINES = 40
"""So many of the last lines of the worker are shown where it did not do what was waited for."""


class Office:
    """A worker and a listener for mails, processes of their own on the test's database; mails out are files."""

    def __init__(self, folder: Path, *, jobs: Sequence[str]) -> None:
        """`jobs`: what the scheduler would start within a minute is asked for at once."""
        self.jobs, self.log = jobs, folder / "office.log"
        self.mails, self.port = folder / "mails", _free_port()
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings_of_a_worker", "HUB_TEST_MAILS": str(self.mails)}
        env["MAIL_LISTEN_PORT"] = str(self.port)
        self.running = [
            processes.start(command, log=self.log, env=env, cwd=ROOT) for command in (worker_command(), mail_command())
        ]

    def until(self, condition: Callable[[], Any], *, seconds: float = 90) -> Any:
        """What `condition` finds, while the worker is kept busy."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if found := condition():
                return found
            for job in self.jobs:
                app.send_task(job)
            time.sleep(0.5)
        said = "\n".join(self.log.read_text(errors="replace").splitlines()[-LINES:])
        raise AssertionError(f"nothing came of {condition} in {seconds} s; the worker says:\n{said}")

    def mail(self, word: str) -> EmailMessage | None:
        """The mail that has left with this word in its subject or text."""
        for file in sorted(self.mails.glob("*")):
            for part in file.read_bytes().split(b"-" * 79):
                mail = message_from_bytes(part.strip(), policy=policy.default)
                if mail["To"] and word in f"{mail['Subject']} {text_of(mail)}":
                    return mail
        return None

    def send(self, mail: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as client:
            client.send_message(mail)

    def close(self) -> None:
        for process in self.running:
            processes.stop(process)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
