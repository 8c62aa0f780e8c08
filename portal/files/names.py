"""What a file is called: the sender's words made harmless, and the ending of what it is."""

import re
import unicodedata

from portal.refusals import BadInput

PDF = "application/pdf"
# A name that would open as something else on the desk of whoever downloads it gets the ending of what it is.
ENDINGS = {
    "image/jpeg": ("jpg", "jpeg", "jfif"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    PDF: ("pdf",),
    "audio/webm": ("webm",),
    "audio/mp4": ("m4a", "mp4"),
    "audio/ogg": ("ogg", "oga"),
}


def plain_text(text: str, length: int) -> str:
    """One line a person can read: no control characters and none that turn the writing direction round."""
    kept = (c for c in unicodedata.normalize("NFC", text) if not unicodedata.category(c).startswith("C"))
    return "".join(kept).strip()[:length]


# A way through folders, what no name holds, and what turns the writing direction round so that a name reads as another.
HOSTILE = re.compile(r"[/\\\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain_name(name: str) -> str:
    """A name as its sender wrote it, where nothing stands before us that cleans it. Raises BadInput for one that pretends."""
    if HOSTILE.search(name) or name in (".", ".."):
        raise BadInput(
            "文件名里有不能用的符号（斜杠、反斜杠、控制字符或改变文字方向的符号），没有接收。请给文件改名后重新选择。",
            field="file",
        )
    return name


def file_name(name: str, content_type: str = "") -> str:
    """The sender's name for the file, kept as text only, with the ending of its kind; the store names its files itself."""
    text = plain_text(name.replace("\\", "/").rsplit("/", 1)[-1], 1000).strip(". ")
    stem, dot, ending = text.rpartition(".")
    kept = f"{stem[:180]}.{ending}" if dot and len(ending) < 20 else text[:180]
    endings = ENDINGS.get(content_type)
    if endings and not (dot and ending.lower() in endings):
        return f"{kept or '未命名'}.{endings[0]}"
    return kept or "未命名"
