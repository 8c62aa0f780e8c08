"""What a verb raises when it will not act: a sentence for the person, and the status the API answers with."""


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
