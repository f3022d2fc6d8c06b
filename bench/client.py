"""A small client: keeps its connection, times whole answers, one after the other or eight at once."""

import http.client
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import local


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Milliseconds and what came with them."""

    p50: float
    p95: float
    per_second: float
    statements: int
    size: int


class Client:
    """Asks as one signed-in person."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.session = port, session
        self._local = local()

    def get(self, path: str) -> tuple[float, http.client.HTTPResponse, bytes]:
        """Milliseconds, the answer and its body. Raises RuntimeError for anything but 200."""
        for _attempt in range(2):
            try:
                return self._ask(path)
            except (http.client.RemoteDisconnected, ConnectionResetError):
                # The server closes connections that were idle while another person was measured.
                self._local.connection = None
        raise RuntimeError(f"{path}: the server closed the connection twice")

    def post(self, path: str, body: str, headers: dict[str, str]) -> tuple[float, http.client.HTTPResponse, bytes]:
        """The same of a POST. Raises RuntimeError for what is no success."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Host": "localhost", "Content-Type": "application/json", **headers}
        begin = time.perf_counter()
        connection.request("POST", path, body=body, headers=sent)
        response = connection.getresponse()
        text = response.read()
        took = (time.perf_counter() - begin) * 1000
        connection.close()
        if response.status not in (200, 201):
            raise RuntimeError(f"{path} answered {response.status}: {text[:300]!r}")
        return took, response, text

    def _ask(self, path: str) -> tuple[float, http.client.HTTPResponse, bytes]:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": f"sessionid={self.session}", "Host": "localhost", "Accept-Encoding": "identity"}
        begin = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        took = (time.perf_counter() - begin) * 1000
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}: {body[:300]!r}")
        return took, response, body

    def measure(self, path: str, *, rounds: int = 60, concurrency: int = 8) -> Timing:
        """Warm up, time one after the other, then count answers per second with `concurrency` at once (0: do not)."""
        for _round in range(8):
            _took, response, body = self.get(path)
        times = sorted(self.get(path)[0] for _round in range(rounds))
        return Timing(
            p50=statistics.median(times),
            p95=times[int(len(times) * 0.95) - 1],
            per_second=self._per_second(path, rounds * 2, concurrency) if concurrency else 0.0,
            statements=int(response.getheader("X-Statements") or 0),
            size=len(body),
        )

    def _per_second(self, path: str, answers: int, concurrency: int) -> float:
        begin = time.perf_counter()
        with ThreadPoolExecutor(concurrency) as pool:
            list(pool.map(lambda _number: self.get(path), range(answers)))
        return answers / (time.perf_counter() - begin)
