"""What a client sends twice over a bad network is kept once: its record carries a key of the client's own."""

from django.db import IntegrityError, transaction

from portal.refusals import Refused


def kept_before(record, constraint: str) -> IntegrityError | None:
    """Save a new record; None where that was done, the refusal where its key is there already (`constraint` keeps it once).

    Whether the first one may be shown is the caller's to say: a key tells nobody of a record that is not theirs.
    """
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError as twice:
        if constraint not in str(twice):
            raise
        return twice
    return None


class KeyTaken(Refused):
    """The key stands on a record that is not the acting person's to see, or not the same."""

    code = "key_taken"

    def __init__(
        self,
        sentence: str = "这份内容的编号已被别的记录使用，没有保存。请再提交一次；接口请换一个 key。",
        *,
        field=None,
    ):
        super().__init__(sentence, field=field)
