"""What templates say in one word: permissions, badges, fields, the way back to a list."""

from datetime import date

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from portal.permissions import may as permitted
from portal.tenancy.scope import in_scope

register = template.Library()


@register.simple_tag
def may(action, record=None):
    return in_scope() and permitted(action, record)


def badge(colour: str, text: str):
    return format_html('<span class="badge tone-{}">{}</span>', colour, text)


@register.simple_tag
def overdue_badge(days):
    return badge("red", f"逾期 {days} 天") if days else ""


@register.simple_tag
def days_left(deadline: date | None):
    """How long something still open may take, in calendar days in Asia/Shanghai; red once it is late."""
    if deadline is None:
        return badge("secondary", "未定期限")
    days = (deadline - timezone.localdate()).days
    if days < 0:
        return overdue_badge(-days)
    return badge("orange" if days <= 3 else "secondary", f"还剩 {days} 天" if days else "今天到期")


@register.simple_tag(takes_context=True)
def list_url(context, name):
    """The list as the person last saw it: same filter, sort and page."""
    request = context.get("request")
    query = request.COOKIES.get(f"list_{name}", "") if request else ""
    return reverse(name) + (f"?{query}" if query else "")


@register.inclusion_tag("components/menu_item.html", takes_context=True)
def menu_item(context, action, name, icon, label, but="", also=""):
    """One entry of the menu, for those whom the permission table lets in.

    `but` names a page below it with its own entry, `also` the other first parts of addresses that belong to it.
    """
    if not may(action):
        return {}
    path, address = context["request"].path, reverse(name)
    below = path.startswith(address) and not (but and path.startswith(reverse(but)))
    below = below or path.split("/")[1] in also.split()
    return {"address": address, "icon": icon, "label": label, "here": "page" if path == address else below and "true"}


def group(widget) -> bool:
    return getattr(widget, "input_type", "") in ("radio", "checkbox") and hasattr(widget, "choices")


@register.inclusion_tag("components/field.html")
def field(bound, **attributes):
    """Label, control, help and error of one form field, tied together for screen readers."""
    widget = bound.field.widget
    if widget.is_hidden:
        return {"bound": bound, "control": bound.as_widget(), "kind": "hidden"}
    kind = "group" if group(widget) else "check" if getattr(widget, "input_type", "") == "checkbox" else "single"
    css = {"group": "form-check-input", "check": "form-check-input"}.get(kind) or (
        "form-select" if getattr(widget, "input_type", "") == "select" else "form-control"
    )
    described = [f"{bound.auto_id}-help"] * bool(bound.help_text) + [f"{bound.auto_id}-error"] * bool(bound.errors)
    extra = {"class": css + (" is-invalid" if bound.errors else "")} | {
        k.replace("_", "-"): v for k, v in attributes.items()
    }
    if described and kind != "group":
        extra["aria-describedby"] = " ".join(described)
    if bound.errors:
        extra["aria-invalid"] = "true"
    return {
        "bound": bound,
        "kind": kind,
        "control": "" if kind == "group" else bound.as_widget(attrs=extra),
        "css": extra["class"],
        "described": " ".join(described),
    }


@register.inclusion_tag("components/errors.html")
def errors(form, sentence="", parts=()):
    """What must be put right, above the form; each line leads to its field. `sentence` is what a verb refused with.

    `parts`: the further forms of the same sheet; one that has a `heading` is called by it.
    """
    fields = [bound for one in (form, *parts) for bound in one if bound.errors]
    return {"form": form, "sentence": sentence, "fields": fields}


@register.inclusion_tag("components/sort.html", takes_context=True)
def sort(context, name, label):
    """A column header that sorts by `name`, turning round when it already does."""
    page = context["page"]
    now = page.sort.lstrip("-") == name
    target = f"-{name}" if now and page.sort == name else name
    down = page.sort.startswith("-") != page.sorts[name].startswith("-")
    return {
        "label": label,
        "address": page.address(sort=target, page=None),
        "direction": ("descending" if down else "ascending") if now else "none",
    }


@register.inclusion_tag("components/figure.html")
def figure(value, label, definition="", href="", tone="", unit=""):
    """A number with its name, its definition and the way to the records behind it."""
    return {"value": value, "label": label, "definition": definition, "href": href, "tone": tone, "unit": unit}


@register.inclusion_tag("components/empty.html")
def empty(title, text="", href="", action=""):
    return {"title": title, "text": text, "href": href, "action": action}


@register.simple_tag
def icon(name):
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)
