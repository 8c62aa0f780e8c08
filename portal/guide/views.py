"""The manual's pages, for everybody who has logged in."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.guide.manual import chapter_for, chapters
from portal.permissions import needs
from portal.tenancy.scope import who


@require_safe
@needs("manual.view")
def manual(request):
    context = {"chapters": chapters().values(), "own": chapter_for(who().role)}
    return render(request, "guide/manual.html", context)


@require_safe
@needs("manual.view")
def manual_chapter(request, kind):
    if kind not in chapters():
        raise Http404(f"chapter {kind} of the manual")
    return render(request, "guide/chapter.html", {"chapter": chapters()[kind]})
