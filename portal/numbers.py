"""A record's number as it comes in an address or a form: whole, in ASCII, and one the database can hold."""


def number_in(text: str | None) -> int | None:
    """None for whatever is no such number; "²" and a thousand digits are none either."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
