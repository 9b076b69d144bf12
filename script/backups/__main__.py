"""What `script/backup` and `script/restore` do: the command line, the environment, and which database it is about."""

# ruff: noqa: T201  (it talks to the person at the terminal)

import argparse
import os
import sys
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import environment

BACKUP = """\
Writes the register to one file in FOLDER, with its checksum beside it: all records, accounts and history, in the custom
format of pg_dump. While it runs, everybody reads and writes on.

The database is that of DATABASE_URL, else the one of script/server in this checkout, whether or not that runs.
The file is sealed for a public key of age (age1…): who has the secret key, and nobody else, opens it. Keep that key on
another machine. script/restore --make-key KEYFILE makes such a pair, and so does `age-keygen`.
"""
RESTORE = """\
Brings the register back as FILE holds it: everything, or nothing at all where the file is broken or does not fit.

The database is that of DATABASE_URL, else the one of script/server in this checkout. One that holds anything is left as
it is, unless --overwrite says that it may go. An older register is brought up to date afterwards (migrate).
"""


def main() -> int:
    parser = _backup_options() if sys.argv[1:2] == ["backup"] else _restore_options()
    options = parser.parse_args(sys.argv[2:])
    environment.enter(environment.RUNTIME)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from script.embedded.state import ServiceError

    try:
        return options.work(options)
    except ServiceError as error:
        raise SystemExit(f"✗ {error}") from None


def _backup_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("script/backup", description=BACKUP, formatter_class=_AS_IT_STANDS)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument(
        "--recipient", default=os.environ.get("BACKUP_RECIPIENT"), help="the public key; by default $BACKUP_RECIPIENT"
    )
    parser.add_argument("--plain", action="store_true", help="not sealed: whoever has the file has the register")
    parser.add_argument("--keep", type=int, default=14, help="backups that stay; older ones go (%(default)s)")
    parser.set_defaults(work=_back_up)
    return parser


def _restore_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("script/restore", description=RESTORE, formatter_class=_AS_IT_STANDS)
    parser.add_argument("file", type=Path, metavar="FILE", nargs="?")
    parser.add_argument("--key", type=Path, metavar="KEYFILE", help="holds the secret key of a sealed file")
    parser.add_argument("--overwrite", action="store_true", help="what the database holds now may go")
    parser.add_argument("--make-key", type=Path, metavar="KEYFILE", help="only makes a pair of keys")
    parser.set_defaults(work=_restore)
    return parser


_AS_IT_STANDS = argparse.RawDescriptionHelpFormatter


def _back_up(options) -> int:
    from script.backups.files import seal, tidy
    from script.backups.postgres import dump
    from script.embedded.state import ServiceError

    recipient = None if options.plain else options.recipient
    if not (recipient or options.plain):
        raise ServiceError("For whom is the file sealed? Name a public key (--recipient age1…), or say --plain.")
    with _database() as url:
        file = seal(dump(url), options.folder, recipient)
    print(f"✓ {file} ({file.stat().st_size:,} bytes{'' if recipient else ', NOT sealed'})")
    for gone in tidy(options.folder, options.keep):
        print(f"✓ {gone.name} went, as {options.keep} newer ones are there")
    return 0


def _restore(options) -> int:
    from script.backups.files import make_key, opened
    from script.backups.postgres import replace
    from script.embedded.state import ServiceError

    if options.make_key:
        print(make_key(options.make_key))
        return 0
    if not options.file:
        raise ServiceError("Which file? script/restore FILE")
    with _database() as url, opened(options.file, options.key) as stream:
        replace(url, stream, overwrite=options.overwrite)
        _migrate(url)
    print(f"✓ The register is as {options.file} holds it.")
    return 0


def _migrate(url: str) -> None:
    os.environ["DATABASE_URL"] = url
    os.environ.pop("DATABASE_URL_FILE", None)  # which would go before it
    os.environ.setdefault("SECRET_KEY", "only-to-migrate")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


class _database(ExitStack):  # noqa: N801  (used as a function)
    """The address of the database: the one that is named, else the built-in one, started for so long if need be."""

    def __enter__(self) -> str:
        super().__enter__()
        from config.settings.environment import Environment
        from script.embedded.addresses import check_database
        from script.embedded.administrator import built_in_database

        url = Environment()("DATABASE_URL", default="") or built_in_database(self, environment.ROOT)
        print(f"✓ {check_database(url)}")
        return url


if __name__ == "__main__":
    environment.run(main)
