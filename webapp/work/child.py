"""The child process: ``python -m webapp.work.child``. Jobs come in on stdin, lines of JSON go out on stdout.

The last line of a job has ``done`` or ``error`` as its first field. The process ends when its stdin does,
even in the middle of a job: so it never outlives the server, however that came to its end.
"""

import os
import queue
import signal
import sys
import threading
import traceback

import msgspec

from engine.outcomes import Refused, invalid
from webapp.work.doing import Answer, Tell, do
from webapp.work.jobs import Failure, Job

# Behind the server on a busy processor: frames come first.
_NICENESS = 10

_jobs: queue.SimpleQueue[bytes] = queue.SimpleQueue()
_decoder: msgspec.json.Decoder[Job] = msgspec.json.Decoder(Job)
_encoder = msgspec.json.Encoder()


def main() -> None:
    # Ctrl+C in the server's shell reaches this process too; the server decides when it ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)
    # Nothing but answers may reach the pipe.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    threading.Thread(target=_listen, daemon=True).start()

    def tell(answer: Answer) -> None:
        try:
            out.write(_encoder.encode(answer) + b"\n")
            out.flush()
        except BrokenPipeError:
            os._exit(0)

    while True:
        _do(_jobs.get(), tell)


def _listen() -> None:
    """Take jobs in while another is being done, and notice the end of the server meanwhile."""
    for line in sys.stdin.buffer:
        _jobs.put(line)
    os._exit(0)


def _do(line: bytes, tell: Tell) -> None:
    try:
        do(_decoder.decode(line), tell)
    except Refused as refused:
        _refuse(refused, tell)
    except msgspec.ValidationError as error:
        # In the job itself, or in a command of the log.
        _refuse(invalid(error), tell)
    except Exception:
        traceback.print_exc()
        _refuse(Refused("internal"), tell)


def _refuse(refused: Refused, tell: Tell) -> None:
    tell({"error": Failure(refused.code, refused.facts, refused.field)})


if __name__ == "__main__":
    main()
