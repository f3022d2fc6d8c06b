"""What gunicorn does beside its command line: the figures of its processes come together in one folder.

The folder is made before the first process loads the hub, and emptied with every start of gunicorn: figures of
processes that are gone count until then. Its name holds the machine's, since several may share the data folder.
"""

import os
import platform
import shutil
from pathlib import Path
from typing import Any

from hub.runtime import paths

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

os.environ.setdefault(FOLDER_VARIABLE, str(paths.data_dir() / "metrics" / (platform.node() or "here")))


def on_starting(server: Any) -> None:
    """An empty folder, before the first process."""
    folder = Path(os.environ[FOLDER_VARIABLE])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def child_exit(server: Any, worker: Any) -> None:
    """Forget what counts only while a process lives."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
