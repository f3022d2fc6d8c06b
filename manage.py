#!/usr/bin/env python3
"""The hub's one command: `up`, `test`, and every Django command. Needs Python 3.11 or newer and nothing else."""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - older ones do run this file, and deserve an answer
    sys.exit(
        "The hub needs Python 3.11 or newer, and this is Python {}.{}. "
        "Install a newer one and start with it, for example: python3.11 manage.py up".format(*sys.version_info[:2])
    )

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from hub.runtime.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv))
