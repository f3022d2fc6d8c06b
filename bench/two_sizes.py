"""What the mains of `bench` share that look at a world and at a tenth of it: options, servers, and the section."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django


@dataclass(frozen=True, kw_only=True)
class Run:
    """`unit` is what a world is counted in, `count` how many there are without an option, `least` of the tenth.

    `pairs` of jobs and their raw statements, where there are any.
    """

    program: str
    unit: str
    count: int
    port: int
    rounds: int = 20
    pairs: int = 0
    least: int = 1

    def asked(self) -> argparse.Namespace:
        """The options: how many, where to serve, how often to time, and where to write."""
        parser = argparse.ArgumentParser(prog=f"python -m {self.program}")
        parser.add_argument(f"--{self.unit}", dest="count", type=int, default=self.count)
        parser.add_argument("--port", type=int, default=self.port)
        parser.add_argument("--rounds", type=int, default=self.rounds, help="answers timed in each half of a pair")
        parser.add_argument(
            "--pairs", type=int, default=3, help="of jobs and their raw statements, where there are any"
        )
        parser.add_argument("--write", type=Path, help="write the section there, e.g. docs/performance.md")
        return parser.parse_args()

    def measure(self, measure: Callable[[int, argparse.Namespace], Any], told: Callable[[Any, Any, int], str]) -> None:
        """`measure(count, options)` of a tenth and of the whole, on throw-away servers; `told(large, small, count)`."""
        from bench.__main__ import empty, prepare, servers

        options = self.asked()
        with servers():
            django.setup()
            prepare()
            small = measure(max(options.count // 10, self.least), options)
            empty()
            large = measure(options.count, options)
        text = told(large, small, options.count)
        print(text)
        if options.write:
            options.write.write_text(text)
