"""The addresses of rooms and classes."""

import secrets


def new_id(near: str = "") -> str:
    """An address that nobody can guess. It begins as that of ``near`` does, if that is any: where several processes
    share the rooms, the first sign says which of them serves it. On a command line, a dash in front would make it an
    option."""
    while (drawn := secrets.token_urlsafe(9)).startswith("-"):
        pass
    return near[:1] + drawn[1:] if near else drawn
