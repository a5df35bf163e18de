"""What a browser sends over a WebSocket is masked (RFC 6455, section 5.3)."""


def unmasked(payload: bytes, mask: bytes) -> bytes:
    """At once, where the libraries go byte by byte: they take a second for what somebody may send at once."""
    length = len(payload)
    whole = mask * (length // 4 + 1)
    return (int.from_bytes(payload) ^ int.from_bytes(whole[:length])).to_bytes(length)
