"""What `manage.py` does with its arguments: make the environment ready, find the servers, run the command.

Imported before any package is installed: only the standard library at the top of this file.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hub.env import EnvError
from hub.runtime import bootstrap, paths
from hub.runtime.bootstrap import BootstrapError, say

USAGE = """\
python3 manage.py up [--port 8000] [--no-demo]   set up everything and serve the hub on this machine
python3 manage.py test [pytest arguments]        set up everything and run the tests
python3 manage.py provision --help               prepare a PostgreSQL of your own
python3 manage.py help                           every other command
"""
# Commands that answer without a database. All others get the embedded one when DATABASE_URL is not set.
WITHOUT_DATABASE = frozenset(
    {
        *("--help", "--version", "-h", "help", "version"),
        *("check", "collectstatic", "diffsettings", "findstatic", "spectacular", "startapp"),
        *("compilemessages", "makemessages", "makemigrations"),
        *("sla_replay", "worktime"),
    }
)


def main(argv: Sequence[str]) -> int:
    """Run one command line; returns the exit status."""
    command = argv[1] if len(argv) > 1 else ""
    if not command:
        print(USAGE, end="")
        return 0
    try:
        bootstrap.ensure(paths.ROOT, for_tests=command == "test")
        return _dispatch(command, list(argv))
    except BootstrapError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


def _dispatch(command: str, argv: list[str]) -> int:
    from hub.runtime.processes import ServiceError

    try:
        if command == "up":
            from hub.runtime import up

            return up.main(argv[2:])
        if command == "test":
            return _run_tests(argv[2:])
        if command == "provision":
            from hub.runtime import provision_command

            return provision_command.main(argv[2:])
        return _run_django(command, argv)
    except (EnvError, ServiceError) as error:
        say(str(error))
        return 1


def _run_tests(arguments: list[str]) -> int:
    """Hand over to pytest, which starts its own servers (tests/plugin_services.py). The whole suite uses every core."""
    os.chdir(paths.ROOT)
    os.environ["DJANGO_SETTINGS_MODULE"] = "hub.settings.test"
    command = [sys.executable, "-m", "pytest"]
    if arguments:
        os.execv(sys.executable, [*command, *arguments])
    # Processes that share the suite must collect it in one order, sets included.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    together = ["-n", "logical", "--dist", "loadfile", "--no-loadscope-reorder", "-m", "not browser and not alone"]
    return max(subprocess.call([*command, *part], env=environment) for part in (together, ["-m", "alone"]))


def _run_django(command: str, argv: list[str]) -> int:
    use_development_settings()
    # Somebody looks at what a command prints; the log of the services is no part of it.
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    if command == "migrate" and not any(part.startswith("--database") for part in argv):
        # Tables belong to the owner; the application role could not make them.
        argv.append("--database=owner")
    with _servers_for(command, argv):
        if command == "makemigrations":
            _no_warning_about_a_missing_database()
        from django.core.management import execute_from_command_line

        execute_from_command_line(argv)
    return 0


def use_development_settings() -> None:
    """Settle on settings and secret key of this installation, unless the environment has its own."""
    module = os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings.dev")
    if module == "hub.settings.dev" and not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = paths.secret_key(paths.data_dir())


def needs_servers(command: str, argv: Sequence[str]) -> bool:
    """Whether this command line must find a database behind the settings."""
    asks_for_help = "--help" in argv or "-h" in argv
    return command not in WITHOUT_DATABASE and not asks_for_help and not os.environ.get("DATABASE_URL")


@contextmanager
def _servers_for(command: str, argv: Sequence[str]) -> Iterator[None]:
    if not needs_servers(command, argv):
        yield
        return
    from hub.runtime.sharing import borrowed_servers

    with borrowed_servers(f"manage.py {command}") as addresses:
        os.environ.update(addresses)
        yield


def _no_warning_about_a_missing_database() -> None:
    import warnings

    warnings.filterwarnings("ignore", message="Got an error checking a consistent migration history")
