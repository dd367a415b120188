"""People who click, as a process of its own: sends signed requests over kept connections and times the answers.

It reads a job from its standard input and writes the seconds of each answer to its standard output, both as JSON.
"""

import asyncio
import hashlib
import hmac
import json
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

WARM_UP = 3  # requests of each client that do not count


@dataclass(frozen=True, slots=True)
class Job:
    """What to send where, and from how many clients at once; each waits for its answer, and `pause` seconds more."""

    port: int
    secret: str
    requests: Sequence[tuple[str, str]]  # body and content type
    clients: int = 1
    pause: float = 0.0


async def seconds_of(job: Job) -> list[float]:
    """Let a process of its own do the job, beside whatever happens here.

    Raises:
        AssertionError: it did not get a good answer each time.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.load_generator", stdin=PIPE, stdout=PIPE
    )
    said, _ = await process.communicate(json.dumps(asdict(job)).encode())
    assert process.returncode == 0, "every request is answered with a 200"
    seconds: list[float] = json.loads(said)
    return seconds


async def _do(job: Job) -> list[float]:
    todo, seconds = iter(job.requests), list[float]()
    await asyncio.gather(*(_click(job, todo, seconds, job.pause * n / job.clients) for n in range(job.clients)))
    return seconds


async def _click(job: Job, todo: Iterator[tuple[str, str]], seconds: list[float], begin_after: float) -> None:
    await asyncio.sleep(begin_after)
    reader, writer = await asyncio.open_connection("127.0.0.1", job.port)
    for number, (body, content_type) in enumerate(todo):
        request = _signed(job.secret, body.encode(), content_type)
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(_length(head))
        if number >= WARM_UP:
            seconds.append(time.perf_counter() - began)
        assert head.startswith(b"HTTP/1.1 200 "), head
        if job.pause:
            await asyncio.sleep(job.pause)
    writer.close()


def _signed(secret: str, body: bytes, content_type: str) -> bytes:
    now = int(time.time())
    signature = hmac.new(secret.encode(), b"v0:%d:%b" % (now, body), hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {now}\r\nX-Slack-Signature: v0={signature}\r\n\r\n"
    )
    return head.encode() + body


def _length(head: bytes) -> int:
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    return next((int(value) for name, _, value in lines if name == b"content-length"), 0)


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    sys.stdout.write(json.dumps(asyncio.run(_do(Job(**asked)))))
