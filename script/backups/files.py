"""The file of a backup: named after its moment, sealed with age (age-encryption.org), its checksum beside it."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

import pyrage

from config.operations import backups
from script.embedded.state import ServiceError


class _Counted:
    """A file that adds up the checksum of what is written to it."""

    def __init__(self, file: BinaryIO):
        self.file, self.sum = file, hashlib.sha256()

    def write(self, piece: bytes) -> int:
        self.sum.update(piece)
        return self.file.write(piece)

    def flush(self) -> None:
        self.file.flush()


def seal(dump: AbstractContextManager[BufferedReader], folder: Path, recipient: str | None) -> Path:
    """Write a dump to a new file of this folder, which has its name only when it is whole."""
    key = _recipient(recipient) if recipient else None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = backups.name(datetime.now(UTC), sealed=bool(recipient))
    unfinished = folder / f".{name}.unfinished"
    try:
        with open(unfinished, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            written = _Counted(file)
            with dump as stream:
                if key:
                    pyrage.encrypt_io(stream, written, [key])
                else:
                    shutil.copyfileobj(stream, written)
            file.flush()
            os.fsync(file.fileno())
        checksum = _checksum_of(folder / name)
        checksum.write_text(f"{written.sum.hexdigest()}  {name}\n")
        unfinished.rename(folder / name)
    except OSError as error:
        raise ServiceError(f"The backup could not be written to {folder}: {error}") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return folder / name


def tidy(folder: Path, keep: int) -> list[Path]:
    """Take away all backups but the newest ones.

    Those whose time is still to come, as the clock was wrong, go first: else they would stay, and new ones would go.
    """
    now = datetime.now(UTC)
    found = [(made <= now, made, path) for path in folder.iterdir() if (made := backups.made_at(path.name))]
    gone = [path for _is_past, _made, path in sorted(found)[: -max(keep, 1)]]
    for path in gone:
        path.unlink()
        _checksum_of(path).unlink(missing_ok=True)
    return gone


@contextmanager
def opened(path: Path, key_file: Path | None) -> Iterator["Opened"]:
    """What a backup holds, to be read; an error before anything is read when the file is not as it was written."""
    try:
        written = _checksum_of(path).read_text().split()[0]
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != written:
                raise ServiceError(f"{path} is not as it was written: its checksum differs. Nothing was changed.")
            file.seek(0)
            yield Opened(file, _identity(key_file) if path.suffix == ".age" else None)
    except (OSError, IndexError) as error:
        raise ServiceError(f"{path} cannot be read, or its checksum cannot: {error}. Nothing was changed.") from None


class Opened:
    """What a backup holds, opened where it is sealed."""

    def __init__(self, file: BinaryIO, identity: pyrage.x25519.Identity | None):
        self.file, self.identity = file, identity

    def copy_to(self, target: BinaryIO) -> None:
        try:
            if self.identity:
                pyrage.decrypt_io(self.file, target, [self.identity])
            else:
                shutil.copyfileobj(self.file, target)
        except pyrage.DecryptError:
            raise ServiceError("This key does not open the file. Nothing was changed.") from None


def make_key(path: Path) -> str:
    """Make a pair of keys: the secret one goes to a file, the public one is given back."""
    identity = pyrage.x25519.Identity.generate()
    try:
        with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(f"# public key: {identity.to_public()}\n{identity}\n")
    except OSError as error:
        raise ServiceError(f"The key could not be written: {error}") from None
    return str(identity.to_public())


def _checksum_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise ServiceError("The recipient is no public key of age, which begins with age1.") from None


def _identity(path: Path | None) -> pyrage.x25519.Identity:
    if path is None:
        raise ServiceError("The file is sealed: name the file with its secret key, as --key KEYFILE.")
    keys = [line for line in path.read_text(errors="replace").splitlines() if line.startswith("AGE-SECRET-KEY-")]
    try:
        return pyrage.x25519.Identity.from_str(keys[0])
    except (IndexError, pyrage.IdentityError):
        raise ServiceError(f"{path} holds no secret key of age. Nothing was changed.") from None
