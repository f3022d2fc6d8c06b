"""A tiny IMAP server with one mailbox, on a real socket: as much of the protocol as fetching mail needs."""

import contextlib
import re
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Box:
    """The mails by UID and which were seen; `commands` is what was asked."""

    mails: dict[int, bytes]
    seen: set[int] = field(default_factory=set)
    commands: list[str] = field(default_factory=list)


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("* OK ready")
        for line in self.rfile:
            tag, _space, rest = line.decode().strip().partition(" ")
            box: Box = self.server.box  # type: ignore[attr-defined]
            box.commands.append(rest)
            if rest.upper().startswith("LOGOUT"):
                self.say("* BYE", f"{tag} OK")
                return
            self.answer(box, tag, rest)

    def answer(self, box: Box, tag: str, rest: str) -> None:
        command = rest.upper()
        if command.startswith("CAPABILITY"):
            self.say("* CAPABILITY IMAP4rev1")
        elif command.startswith("LOGIN") and "wrong" in rest:
            self.say(f"{tag} NO wrong password")
            return
        elif command.startswith("SELECT"):
            self.say(f"* {len(box.mails)} EXISTS", "* FLAGS (\\Seen)", "* OK [UIDVALIDITY 1] ok")
        elif command.startswith("UID SEARCH"):
            self.say("* SEARCH " + " ".join(str(uid) for uid in box.mails if uid not in box.seen))
        elif command.startswith("UID FETCH"):
            self.fetch(box, rest)
        elif command.startswith("UID STORE"):
            box.seen |= {int(uid) for uid in re.findall(r"\d+", rest.split()[2])}
        self.say(f"{tag} OK done")

    def fetch(self, box: Box, rest: str) -> None:
        uid = int(rest.split()[2])
        most = re.search(r"<0\.(\d+)>", rest)
        raw = box.mails[uid][: int(most[1])] if most else box.mails[uid]
        self.wfile.write(f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


@contextlib.contextmanager
def imap_server(box: Box) -> Iterator[int]:
    """Serve the box on a free port of loopback."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.daemon_threads = True
        server.box = box  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(timeout=10)
