"""`manage.py provision`: prepare a PostgreSQL of your own for the hub, or print the script that does."""

import argparse
import os
from collections.abc import Sequence

import psycopg2

from hub.runtime.processes import ServiceError
from hub.runtime.provision import provision, psql_script

EPILOG = """\
Passwords come from HUB_OWNER_PASSWORD and HUB_APP_PASSWORD, and stay as they are where these are not set.
Example: python3 manage.py provision --superuser-url postgresql://postgres:secret@db.example:5432/postgres
"""


def main(arguments: Sequence[str]) -> int:
    """Parse, connect, prepare. Raises ServiceError with what the server said."""
    parser = argparse.ArgumentParser(prog="manage.py provision", description=__doc__, epilog=EPILOG)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--superuser-url", metavar="URL", help="address of the server, signing in as a superuser")
    what.add_argument("--print", action="store_true", help="print a script for psql instead")
    parser.add_argument("--database", default="hub", help="name of the database (default: hub)")
    parser.add_argument(
        "--scratch-databases",
        action="store_true",
        help="let the owner make databases, as the test suite does on a server that is not its own",
    )
    options = parser.parse_args(arguments)
    if options.print:
        print(psql_script(options.database), end="")
        return 0
    try:
        provision(
            options.superuser_url,
            database=options.database,
            owner_password=os.environ.get("HUB_OWNER_PASSWORD"),
            app_password=os.environ.get("HUB_APP_PASSWORD"),
            scratch_databases=options.scratch_databases,
        )
    except psycopg2.Error as error:
        raise ServiceError(f"The server could not be prepared: {str(error).strip()}") from error
    print(f"Roles and the database {options.database} are ready. Next: manage.py migrate")
    return 0
