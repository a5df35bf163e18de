"""A real server in a process of its own, for tests that need one."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

COMMAND = Path(sys.executable).parent / "quorumscope"


class Server:
    """``quorumscope serve`` on a free port of loopback (or on ``port``), with its log in ``data_dir``."""

    def __init__(self, data_dir: Path, port: int = 0) -> None:
        self.data_dir = data_dir
        self._errors = data_dir / "stderr.txt"
        environment = os.environ | {"HOST": "127.0.0.1", "PORT": str(port), "QUORUMSCOPE_DATA": str(data_dir)}
        with self._errors.open("ab") as errors:
            self._process = subprocess.Popen(
                [COMMAND, "serve"], env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if "http://" not in said:
            self.kill()
            raise RuntimeError(f"the server did not start: {said}{self.errors}")
        self.address = said.split()[3]

    @property
    def port(self) -> int:
        return int(self.address.rstrip("/").rpartition(":")[2])

    @property
    def errors(self) -> str:
        """What it wrote to stderr, over all its lives in this data directory."""
        return self._errors.read_text(errors="replace")

    def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def quorumscope(data_dir: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run another command of the product."""
    return subprocess.run(
        [COMMAND, *arguments],
        env=os.environ | {"QUORUMSCOPE_DATA": str(data_dir)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
