"""The secret that signs our links: the operator's, or one made once and kept beside the data."""

import os
import secrets
from contextlib import suppress

from convo.errors import SettingsError
from convo.settings import Settings

FILE = "secret"
BYTES = 32


def link_secret(settings: Settings) -> bytes:
    """The bytes that delivery reports are signed with; made at the first start if need be."""
    if settings.secret:
        return settings.secret.encode()
    file = settings.data / FILE
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        # Whole or not at all, and of two that start together one wins.
        with suppress(FileExistsError):
            fresh = file.with_name(f"{FILE}.{os.getpid()}")
            opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                os.write(opened, secrets.token_hex(BYTES).encode())
                os.fsync(opened)
            finally:
                os.close(opened)
            try:
                os.link(fresh, file)
            finally:
                fresh.unlink()
        text = file.read_bytes().strip()
    except OSError as error:
        raise SettingsError(
            [
                f"convo.toml: server.secret: none is set, and {file} cannot be kept "
                f"({error.strerror}). Give this user the folder, or set one."
            ]
        ) from None
    if len(text) < BYTES:
        raise SettingsError([f"{file}: it holds no secret. Remove it, and Convo makes a new one."])
    return text
