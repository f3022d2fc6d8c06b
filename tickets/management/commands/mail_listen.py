"""`manage.py mail_listen`: take mails in by SMTP on loopback; `manage.py up` runs it beside the others."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tickets.services.mail_listener import HOST, controller


class Command(BaseCommand):
    help = "Listen for mails to the queues on a port of this machine (MAIL_LISTEN_PORT), until it is ended."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=settings.MAIL_LISTEN_PORT)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        if not port:
            raise CommandError("Set MAIL_LISTEN_PORT, or give --port.")
        server, ended = controller(port), threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        try:
            server.start()
        except OSError as error:
            raise CommandError(f"Port {port} cannot be used: {error}") from error
        self.stdout.write(f"Mails are taken in at {HOST}:{port}.")
        ended.wait()
        server.stop()
