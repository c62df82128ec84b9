"""Two small servers: one that shows what is published, and a witness. Neither opens the archive's database."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

from archive.errors import UsageError
from archive.ledger.signing import LATEST
from archive.ledger.witness import LONGEST_REQUEST, Witness

_TILE = re.compile(r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])(/x[0-9]{3})*/[0-9]{3}(\.p/[1-9][0-9]{0,2})?")
_NOT_KEPT = {"Cache-Control": "no-cache"}
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}


def published(folder: Path) -> web.Application:
    """What is published, as c2sp.org/tlog-tiles has it: ``/checkpoint`` and ``/tile/…``; nothing else in the folder."""

    async def get(request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        if path != LATEST and not _TILE.fullmatch(path):
            raise web.HTTPNotFound
        try:
            content = await asyncio.to_thread((folder / path).read_bytes)
        except OSError as error:
            raise web.HTTPNotFound from error
        if path == LATEST:
            return web.Response(body=content, content_type="text/plain", charset="utf-8", headers=_NOT_KEPT)
        return web.Response(body=content, content_type="application/octet-stream", headers=_KEPT)

    application = web.Application()
    application.router.add_get("/{path:.+}", get)
    return application


def witnessing(witness: Witness) -> web.Application:
    """A witness: ``POST /add-checkpoint``, answered one after the other; ``GET /`` tells its public key."""

    async def add(request: web.Request) -> web.Response:
        body = await request.read()
        # No await between reading and writing what was seen: no second request can come in between
        answer = witness.add_checkpoint(body, int(time.time()))
        # As bytes, for with a text a character set is added to the type, and clients look for the bare one
        return web.Response(body=answer.body.encode(), status=answer.status, content_type=answer.type)

    async def key(_: web.Request) -> web.Response:
        return web.Response(text=f"{witness.signer.verifier}\n", status=HTTPStatus.OK)

    application = web.Application(client_max_size=LONGEST_REQUEST)
    application.router.add_post("/add-checkpoint", add)
    application.router.add_get("/", key)
    return application


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Keep a second witness from the same file. UsageError where there is one already."""
    descriptor = os.open(file.with_name(f"{file.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise UsageError("another witness uses this file", where=str(file), remedy="Give each its own") from error
    finally:
        os.close(descriptor)


def serve(application: web.Application, host: str, port: int, ready: str) -> None:
    """Serve until SIGTERM or SIGINT; ``ready`` is printed once it answers. UsageError where the place is taken."""
    try:
        asyncio.run(_serve(application, host, port, ready))
    except OSError as error:
        raise UsageError(
            f"cannot listen: {error.strerror or error}", where=f"{host}:{port}", remedy="Choose another: --listen"
        ) from error


async def _serve(application: web.Application, host: str, port: int, ready: str) -> None:
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = runner.addresses[0]
        print(ready.format(address=f"http://{bound[0]}:{bound[1]}"), flush=True)  # noqa: T201 - says that it is ready
        stopped = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(ValueError):
                asyncio.get_running_loop().add_signal_handler(name, stopped.set)
        await stopped.wait()
    finally:
        await runner.cleanup()
