"""The command line: thin commands over the pipeline and the reports. Data on stdout, messages on stderr.

Exit codes: 0 done, 1 a check failed, 2 wrong usage or configuration. ``collect`` brings articles in,
``feeds`` changes what is subscribed to, ``answer``
tells what is known, ``judge`` records decisions and checks, ``proof`` signs the log and proves what is in it,
``verify`` audits, ``serve`` answers others, ``extract`` reads files and keeps nothing; ``common`` is what they share.
"""

from __future__ import annotations

import importlib
import io
import logging
import re
import sys
from pathlib import Path

import click
from pythonjsonlogger.json import JsonFormatter
from sqlalchemy.exc import SQLAlchemyError

from archive import __version__
from archive.errors import ArchiveError
from archive.output import harmless

COMMANDS = {
    "init": "collect",
    "poll": "collect",
    "run": "collect",
    "import": "collect",
    "quarantine": "collect",
    "feeds": "feeds",
    "extract": "extract",
    "status": "answer",
    "stances": "answer",
    "history": "answer",
    "statements": "answer",
    "sql": "answer",
    "search": "search",
    "report": "report",
    "export": "export",
    "grant-reader": "grant",
    "review": "answer",
    "actors": "actors",
    "replay": "replay",
    "assess": "judge",
    "withdraw": "judge",
    "erase": "erase",
    "hide": "erase",
    "unhide": "erase",
    "reread": "judge",
    "reassess": "judge",
    "code": "code",
    "rebuild": "judge",
    "keys": "proof",
    "checkpoint": "proof",
    "prove": "proof",
    "verify": "verify",
    "bundle": "bundle",
    "publish": "serve",
    "witness": "serve",
}


_SURROGATE = re.compile("[\ud800-\udfff]")
"""What Python makes of a byte of the command line that is not UTF-8."""


_STEPS = {
    "locked": "Another program is writing to it: try again when that is done",
    "malformed": "Its file is damaged: restore a backup; archive verify tells what is lost",
}
"""What to do about some of the things that SQLite says."""


class Lazy(click.Group):
    """Imports a command's module when the command is asked for, so that ``extract`` starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """Every command, in the order of a first day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """The command of this name, if there is one."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"archive.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_" if cmd_name == "import" else cmd_name.replace("-", "_"))
        return command


def main() -> None:
    """Run the command line: ``archive``, or ``python -m archive``."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # data is UTF-8 whatever the locale; half a character is escaped
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        cli.main(prog_name="archive", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except ArchiveError as error:
        _fail(str(error), error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has gone: there is nobody to tell, and nothing left to flush
        sys.exit(0)
    except OSError as error:
        _fail(f"{error.filename or 'input or output'}: {error.strerror}. Check the path and that there is space", 1)
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error)
        remedy = next((step for words, step in _STEPS.items() if words in said), "Check that it runs and has space")
        _fail(f"the database failed: {said}. {remedy}", 2)
    except Exception as error:
        if isinstance(error, UnicodeEncodeError) and any(map(_SURROGATE.search, sys.argv)):
            _fail("an argument is not UTF-8. Write it in UTF-8; only paths may be of other bytes", 2)
        logging.getLogger(__name__).info("unexpected", exc_info=error)
        _fail(f"unexpected {type(error).__name__}: {error}. This is a bug: report it with what --verbose shows", 1)


def _fail(message: str, exit_code: int) -> None:
    click.echo(f"error: {harmless(' '.join(message.split()))}", err=True)
    sys.exit(exit_code)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", "path", type=click.Path(path_type=Path), help="Default: ARCHIVE_CONFIG, else ./feeds.yaml.")
@click.option("--verbose", is_flag=True, help="Log what is done, not only what goes wrong.")
@click.version_option(__version__, prog_name="archive")
@click.pass_context
def cli(ctx: click.Context, path: Path | None, verbose: bool) -> None:
    """Answer who said what about what, when, and prove it."""
    ctx.obj = path
    _log(logging.INFO if verbose or ctx.invoked_subcommand == "run" else logging.ERROR)


def _log(level: int) -> None:
    """One JSON object a line on stderr: a daemon's log is read by programs first."""
    handler = logging.StreamHandler()
    names = {"levelname": "level", "name": "logger", "asctime": "time"}
    handler.setFormatter(JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields=names))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("archive").setLevel(level)
    for reader in ("trafilatura", "htmldate"):  # they report on every page what we report once
        logging.getLogger(reader).setLevel(logging.CRITICAL)
