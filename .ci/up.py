"""The README's first command, tried: an empty data folder, a page, a quick second start, Ctrl-C, nothing left."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READY = re.compile(r"Hub is ready \((\d+) s\)")
FIRST_SECONDS, SECOND_SECONDS, STOP_SECONDS = 600.0, 30.0, 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_with(text: str) -> list[str]:
    """Command lines or environments of running processes that name `text`, this one aside."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            traces = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if text.encode() in traces:
            found.append(f"{entry.name}: {(entry / 'cmdline').read_bytes().replace(bytes(1), b' ').decode()}")
    return found


def run_once(data: Path, port: int, limit: float, began: float) -> float:
    """Start, look at two pages, press Ctrl-C, count what is left. Returns the seconds until the hub was ready."""
    environ = {**os.environ, "HUB_DATA_DIR": str(data)}
    command = ["python3", "manage.py", "up", "--port", str(port)]
    log = data.parent / "up.log"
    with log.open("w") as sink:
        up = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        while not READY.search(log.read_text()):
            if up.poll() is not None or time.monotonic() - began > limit:
                sys.exit(f"not ready after {time.monotonic() - began:.0f} s:\n{log.read_text()[-4000:]}")
            time.sleep(0.2)
        seconds = time.monotonic() - began
        for path, expected in (("/readyz", {200}), ("/", {200, 302})):
            check_page(port, path, expected)
    finally:
        up.send_signal(signal.SIGINT)
        status = up.wait(timeout=STOP_SECONDS)
    if status != 0:
        sys.exit(f"Ctrl-C ended with status {status}:\n{log.read_text()[-2000:]}")
    if left := processes_with(str(data)):
        sys.exit("left running after Ctrl-C:\n" + "\n".join(left))
    return seconds


def check_page(port: int, path: str, expected: set[int]) -> None:
    connection = http.client.HTTPConnection("localhost", port, timeout=30)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    if status not in expected:
        sys.exit(f"{path} answered {status}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="hub-up-") as folder:
        data, port = Path(folder) / "var", free_port()
        first = run_once(data, port, FIRST_SECONDS, time.monotonic())
        second = run_once(data, port, SECOND_SECONDS, time.monotonic())
    print(f"ready after {first:.1f} s with an empty folder, after {second:.1f} s the second time; nothing left running")


if __name__ == "__main__":
    main()
