"""公示牌 of one installation: a page to print, and the same as PDF. No numbered document; it carries its day."""

from django.http import HttpResponse
from django.shortcuts import render

from enterprises.queries.boards import Board, board
from portal.documents import pdf
from portal.permissions import needs
from portal.refusals import Refused


def printable(pk: int) -> Board:
    """Raises Refused for a unit that is no 重大危险源, or not known to be one."""
    made = board(pk)
    if not made.file.unit.is_major:
        raise Refused(f"{made.file.why_none or '这个单元还没有判定为重大危险源，'}没有包保公示牌。")
    return made


@needs("responsible.view")
def board_page(request, pk):
    made = printable(pk)
    return render(request, "enterprises/board.html", {"board": made, "unit": made.file.unit})


@needs("responsible.view")
def board_pdf(request, pk):
    content = pdf.render("notice_board", printable(pk).as_document())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="board-{pk}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
