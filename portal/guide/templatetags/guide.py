"""The help of the page one is on, placed by the shells every page stands in."""

from django import template
from django.urls import reverse

from portal.guide.help import texts
from portal.guide.manual import chapter_for, chapters

register = template.Library()


@register.inclusion_tag("components/page_help.html", takes_context=True)
def page_help(context, name=""):
    """By the resolved name of the address, or by `name` where one text serves whatever was asked for."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    name = name or (match.view_name if match else "")
    text = texts().get(name)
    if text is None:
        return {}
    who = context.get("who")
    chapter = chapter_for(who.role) if who else chapters().get(text.chapter)
    manual, about = "", ""
    if chapter:
        place = chapter.place_of(name)
        manual = reverse("manual_chapter", args=[chapter.kind]) + (f"#{place}" if place else "")
        about = chapter.who
    elif who:
        manual = reverse("manual")
    return {"help": text, "manual": manual, "about": about}


@register.filter
def picture_of(step, chapter) -> str:
    return f"manual/{chapter.kind}/{step.picture}.webp"
