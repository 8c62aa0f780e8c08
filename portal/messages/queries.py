"""What the inbox and the panel of undelivered reminders read."""

from django.db.models import QuerySet

from portal.messages.models import Channel, Message, Preference
from portal.tenancy.scope import who


def inbox() -> QuerySet[Message]:
    """The reader's own messages, newest first. Named by person, because the city scope sees everybody's."""
    return Message.objects.filter(person_id=who().person_id, channel=Channel.IN_APP).order_by("-made_at", "-id")


def unseen() -> int:
    return inbox().filter(seen_at=None).order_by().count()


def own_preference() -> Preference:
    return Preference.objects.filter(person_id=who().person_id).first() or Preference(person_id=who().person_id)


def undelivered() -> QuerySet[Message]:
    """What was tried and could not be delivered, by any channel; each is tried again at next_try_at."""
    return (
        Message.objects.filter(sent_at=None, dropped_at=None)
        .exclude(channel=Channel.IN_APP)
        .exclude(fault="")
        .select_related("person")
        .order_by("-tries", "made_at")
    )
