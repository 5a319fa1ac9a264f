"""Text of two bytes a character that no byte order mark begins."""

# More disordered than this is no text.
_ORDERLY = 0.1


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 in one order of bytes or the other, if a file that begins so is such; else None."""
    if b"\0" not in head:
        return None
    # Its import would cost each run that has no such file.
    from charset_normalizer import from_bytes

    even = head[: len(head) // 2 * 2]
    best = from_bytes(even, cp_isolation=["utf_16_le", "utf_16_be"], threshold=_ORDERLY).best()
    return best.encoding.replace("_", "-") if best else None
