"""How the configuration has servers asked: courtesy, a proxy, credentials. What is secret stays a Secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from archive.marked import At
from archive.model import Secret

KEYS = ("per_host", "spacing", "proxy")
PER_HOST, MOST_PER_HOST = 2, 20

_FROM_ENVIRONMENT = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A host gets ``per_host`` requests at once, their beginnings ``spacing`` apart (None: as the fetcher has it).

    ``proxy`` is the URL of an HTTP proxy, perhaps with ``user:password@``.
    """

    per_host: int = PER_HOST
    spacing: timedelta | None = None
    proxy: Secret | None = None


STANDARD = Network()


def network(values: Mapping[str, At], environ: Mapping[str, str], duration: Callable[[At], timedelta]) -> Network:
    """The settings of the section ``archive``. ConfigError where one cannot be used."""
    return Network(
        per_host=_per_host(values["per_host"]) if "per_host" in values else PER_HOST,
        spacing=duration(values["spacing"]) if "spacing" in values else None,
        proxy=_proxy(values["proxy"], environ) if "proxy" in values else None,
    )


def credentials(at: At, environ: Mapping[str, str]) -> Secret:
    """A feed's ``user:password``, or where to find it: ``env:VARIABLE``."""
    secret = _secret(at, environ)
    if ":" not in secret.reveal():
        raise at.wrong("this is not user:password", "Write user:password, or env:VARIABLE for a variable that holds it")
    return secret


def _per_host(at: At) -> int:
    text = at.text()
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= MOST_PER_HOST):
        raise at.wrong(
            f"{text!r} is no number from 1 to {MOST_PER_HOST}", "Write how many requests a host gets at once"
        )
    return int(text)


def _proxy(at: At, environ: Mapping[str, str]) -> Secret:
    secret = _secret(at, environ)
    try:
        parts = urlsplit(secret.reveal())
        usable = parts.scheme == "http" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise at.wrong("this is no address of a proxy", "Write http://host:port, or env:VARIABLE for one that holds it")
    return secret


def _secret(at: At, environ: Mapping[str, str]) -> Secret:
    variable = _FROM_ENVIRONMENT.fullmatch(at.text())
    if variable is None:
        return Secret(at.text())
    if not environ.get(variable[1]):
        raise at.wrong(f"the environment variable {variable[1]} is not set", "Set it, or write the value here")
    return Secret(environ[variable[1]])
