"""The server of Quorumscope: pages, sockets, rooms and their logs."""

__version__ = "0.6.0"
