"""`manage.py up`: everything the hub needs on this machine, from an empty folder to a page in the browser."""

import argparse
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from hub.runtime import paths, processes
from hub.runtime.bootstrap import say
from hub.runtime.cli import use_development_settings
from hub.runtime.embedded import Servers, kept_servers
from hub.runtime.processes import ServiceError
from hub.runtime.sharing import owner_lock
from hub.runtime.supervisor import Program, Supervisor, beat_command, mail_command, web_command, worker_command
from hub.runtime.tail import LogTail, rotate

DEMO_ROLES = "pam pdm tpm psm tam csm integration support senior supportlead techlead csmlead manager admin contact"
DEFAULT_DEMO_PASSWORD = "onboarding-demo-1"
WEB_SECONDS = 90.0
MAIL_BESIDE = 25


def main(arguments: Sequence[str]) -> int:
    """Serve until Ctrl-C; returns the exit status. Raises ServiceError when something cannot be started."""
    options = _parse(arguments)
    data = paths.data_dir()
    lock = owner_lock(data)
    if not lock.try_exclusive(f"manage.py up --port {options.port}"):
        holder = lock.holder()
        who = f"`{holder.command}` (process {holder.pid})" if holder else "another process"
        raise ServiceError(f"The hub's servers in {data} are already run by {who}. End that one first.")
    try:
        addresses = free_addresses(options.port)
        os.environ.setdefault("MAIL_LISTEN_PORT", str(mail_port(options.port)))
        _on_signal_stop()
        return _serve(options, data, addresses)
    finally:
        lock.release()


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="manage.py up", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="of the web pages, on this machine only (8000)")
    parser.add_argument("--no-demo", action="store_true", help="begin with an empty hub, without the demo world")
    parser.add_argument("--verbose", action="store_true", help="show every line of the logs, not only remarkable ones")
    return parser.parse_args(arguments)


def _serve(options: argparse.Namespace, data: Path, addresses: Sequence[str]) -> int:
    started = time.monotonic()
    servers = kept_servers(data)
    programs = _programs(data / "log", addresses)
    for path in [*(program.log for program in programs), *servers.logs()]:
        rotate(path)
    supervisor: Supervisor | None = None
    tail = LogTail({program.name: program.log for program in programs}, everything=options.verbose)
    try:
        env = _start_servers(servers, options.port)
        _prepare(env, options.no_demo)
        supervisor = Supervisor(servers=servers, programs=programs, env=env)
        say("Starting web, worker and scheduler ...")
        tail.start()
        supervisor.start_programs()
        _wait_for_web(options.port, supervisor)
        say(welcome(options.port, data, time.monotonic() - started))
        while True:
            supervisor.watch_once(time.monotonic())
            time.sleep(0.25)
    except KeyboardInterrupt:
        say("\nStopping ...")
        return 0
    finally:
        if supervisor is not None:
            supervisor.stop()
            tail.stop()
        else:
            servers.stop()
        say("Everything is stopped.")


def _programs(logs: Path, addresses: Sequence[str]) -> list[Program]:
    commands = {"web": web_command(addresses), "worker": worker_command(), "beat": beat_command()}
    if os.environ.get("MAIL_LISTEN_PORT", "0") != "0":
        commands["mail"] = mail_command()
    return [Program(name=name, command=command, log=logs / f"{name}.log") for name, command in commands.items()]


def _start_servers(servers: Servers, port: int) -> dict[str, str]:
    """Start them and return the environment for everything that follows."""
    say("Starting the database, the broker and the cache ...")
    servers.start()
    os.environ.setdefault("SITE_URL", f"http://localhost:{port}")
    use_development_settings()
    return {**os.environ, **servers.environment()}


def _prepare(env: dict[str, str], no_demo: bool) -> None:
    command = [sys.executable, "manage.py", "prepare", *(["--no-demo"] if no_demo else [])]
    quiet = {"LOG_LEVEL": "WARNING", **env}
    done = subprocess.run(processes.launch_command(command), check=False, env=quiet, cwd=paths.ROOT)
    if done.returncode != 0:
        raise ServiceError("The hub could not be prepared; the lines above say why. Nothing was started.")


def _wait_for_web(port: int, supervisor: Supervisor) -> None:
    deadline = time.monotonic() + WEB_SECONDS
    while not web_answers(port):
        supervisor.watch_once(time.monotonic())
        if time.monotonic() > deadline:
            raise ServiceError(f"The web server does not answer on port {port}; var/log/web.log says more.")
        time.sleep(0.1)


def web_answers(port: int) -> bool:
    """Whether the health page says 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def free_addresses(port: int) -> list[str]:
    """Loopback addresses for gunicorn, IPv4 and where possible IPv6. Raises ServiceError when the port is taken."""
    found = []
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        if family == socket.AF_INET6 and not _has_ipv6_loopback():
            continue
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except (OSError, OverflowError) as error:
                raise ServiceError(
                    f"Port {port} cannot be used: {error}. Choose another one: manage.py up --port {port + 1}"
                ) from None
        found.append(f"{host}:{port}" if family == socket.AF_INET else f"[{host}]:{port}")
    return found


def mail_port(web_port: int) -> int:
    """The port beside that of the web on which mails are taken in; 0, no mail, where it is not free."""
    port = web_port + MAIL_BESIDE
    with socket.socket(socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            say(f"No mail is taken in: port {port} is in use. Set MAIL_LISTEN_PORT to another one.")
            return 0
    return port


def _has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def _on_signal_stop() -> None:
    """A termination and a closed terminal stop the hub as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, interrupt)


def welcome(port: int, data: Path, seconds: float) -> str:
    """The last lines of a start: where the hub is and, in a demo world, who may sign in."""
    lines = ["", f"  Onboarding Hub is ready ({seconds:.0f} s):  http://localhost:{port}", ""]
    if (data / "demo-world").exists():
        password = os.environ.get("DEMO_PASSWORD") or DEFAULT_DEMO_PASSWORD
        lines += [
            f"  Sign in as tam@demo.example, password {password}",
            f"  or as one of: {DEMO_ROLES}",
            "  (each <name>@demo.example, and a second one as <name>2@demo.example)",
            "",
        ]
    if (mail := os.environ.get("MAIL_LISTEN_PORT", "0")) != "0":
        lines += [f"  Mail to the queues is taken in at 127.0.0.1:{mail} (SMTP).", ""]
    lines += [f"  Logs are in {data / 'log'}. Ctrl-C stops everything.", ""]
    return "\n".join(lines)
