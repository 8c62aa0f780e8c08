"""What a verb raises when it will not act: a sentence for the person, and the status the API answers with."""

# Of a record that is not there and of one that is not theirs alike: the answer tells nobody which.
NOT_FOUND = "没有找到这条记录，或者它不在您的权限范围内。"


def shape(code: str, sentence: str, errors: list | None = None) -> dict:
    """What a program is told whatever goes wrong; `errors` are {"field", "message"}."""
    return {"code": code, "message": sentence, "errors": errors or []}


def is_api(request) -> bool:
    """Whether a program asked, and is answered with `shape`."""
    return request.path.startswith("/api/")


class Refused(Exception):
    """The request is understood and refused; the sentence says what to do instead."""

    status = 409
    code = "refused"

    def __init__(self, sentence: str, *, field: str | None = None):
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class IllegalMove(Refused):
    """The record's state does not allow this verb."""

    code = "illegal_move"


class NotAllowed(Refused):
    """The permission table says no to this role or this person."""

    status = 403
    code = "not_allowed"


class BadInput(Refused):
    """Something typed or uploaded cannot be used."""

    status = 400
    code = "bad_input"


class TooLarge(BadInput):
    status = 413
    code = "too_large"


UNWRITABLE = {"22P05", "22021"}
"""What PostgreSQL calls a character that no text of its can hold: NUL, or half of a pair."""


def unusable(error: Exception) -> BadInput | None:
    """What no keyboard types, found out only where it was to be used: such characters, and days before or after all calendars."""
    halved = isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed"
    nul = str(error).startswith("A string literal cannot contain NUL")  # the driver's own word
    if halved or nul or getattr(error.__cause__, "pgcode", "") in UNWRITABLE:
        return BadInput("提交的内容里有不能保存的字符（如空字符），请删去后再试。")
    if isinstance(error, OverflowError):
        return BadInput("提交的日期或数字超出了可以计算的范围，请改正后再试。")
    return None


def said_by_database(error: Exception) -> Refused | None:
    """What the database refused for a reason a person should hear, rather than a fault of ours.

    A trigger's sentence (RAISE EXCEPTION '…' USING ERRCODE = 'PT409'), or a key of the wall: what was written belongs to
    something that has moved or gone while the person was at it.
    """
    fault = error.__cause__
    code = getattr(fault, "pgcode", "")
    if code == "PT409":
        return Refused(fault.diag.message_primary)  # type: ignore[union-attr]
    if code == "23503" and (fault.diag.constraint_name or "").endswith("_wall_fk"):  # type: ignore[union-attr]
        return Refused("所涉及的企业或记录刚刚有变动，请刷新页面，按最新情况办理。")
    return None
