"""The dashboard over the API: the same figures from the same counts, each with its sentence, its moment and its records."""

from datetime import date
from functools import cache
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from campaign.forms import GradesForm, MapForm, WithinForm
from campaign.panels import Card, Cell, Panel, cards, enterprise_cards, panels, repeated_card
from campaign.panels_later import Change, grades_panel, levels_panel, map_panel, trend_rows
from campaign.queries import enterprise_board, kept_dashboard, waiting_messages
from campaign.queries_panels import kept_grades, kept_levels, kept_map, kept_trend
from enterprises.models import Enterprise
from hazards.queries.figures import Within

RECORDS = {
    "hazard_list": "api-hazard-list",
    "enterprise_list": "api-enterprise-list",
    "suspension_list": "api-suspension-list",
    "visit_due": "api-due-list",
    "assessment_coverage": "api-assessed-list",
    "task_list": "api-task-list",
}
"""The list a figure opens on a page → the same list over the API."""


@cache
def addresses() -> dict[str, str]:
    return {reverse(page): reverse(api) for page, api in RECORDS.items()}


def over_api(link: str) -> str:
    """The same records over the API, under the same filter; "" where only a page has them."""
    page, mark, query = link.partition("?")
    known = addresses().get(page)
    return f"{known}{mark}{query}" if known else ""


class FigureCellSerializer(serializers.Serializer):
    value = serializers.FloatField(allow_null=True, help_text="没有可算的时为空")
    unit = serializers.CharField()
    link = serializers.CharField(help_text="所数的记录：页面地址")
    api = serializers.CharField(help_text="所数的记录：接口地址，筛选相同；只有页面的为空")


class FigurePartSerializer(FigureCellSerializer):
    before = serializers.CharField()
    after = serializers.CharField()


class FigureSerializer(FigureCellSerializer):
    name = serializers.CharField()
    definition = serializers.CharField()
    as_of = serializers.DateTimeField(help_text="取数时刻")
    parts = FigurePartSerializer(many=True, help_text="比率由哪些数算出")


class DefinitionSerializer(serializers.Serializer):
    name = serializers.CharField()
    definition = serializers.CharField()


class RowSerializer(serializers.Serializer):
    name = serializers.CharField()
    cells = FigureCellSerializer(many=True)


class PanelSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    as_of = serializers.DateTimeField()
    definitions = DefinitionSerializer(many=True)
    head = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField())
    rows = RowSerializer(many=True)
    total = FigureCellSerializer(many=True)
    adds_up = serializers.BooleanField(help_text="total 是否等于各行之和；比率和每百家的数另算")


class WithinSerializer(serializers.Serializer):
    district = serializers.IntegerField(allow_null=True)
    department = serializers.IntegerField(allow_null=True)
    sector = serializers.CharField()


class DashboardSerializer(serializers.Serializer):
    as_of = serializers.DateTimeField(help_text="取数时刻")
    within = WithinSerializer()
    figures = FigureSerializer(many=True)
    panels = PanelSerializer(many=True)


class ChangeSerializer(serializers.Serializer):
    name = serializers.CharField()
    definition = serializers.CharField()
    spans = serializers.ListField(help_text="最近、上期、去年同期的起止日期")
    now = FigureCellSerializer()
    before = FigureCellSerializer()
    year_ago = FigureCellSerializer()
    from_before = serializers.CharField()
    from_year_ago = serializers.CharField()


class TrendSerializer(serializers.Serializer):
    as_of = serializers.DateTimeField()
    figures = ChangeSerializer(many=True)


class AreaSerializer(FigureCellSerializer):
    district = serializers.CharField()


class MapSerializer(DefinitionSerializer):
    as_of = serializers.DateTimeField()
    districts = AreaSerializer(many=True)
    total = FigureCellSerializer()
    map = serializers.CharField(help_text="本市边界的接口地址；还没有边界时为空")
    points = serializers.CharField(help_text="图上企业点的接口地址")
    points_link = serializers.CharField(help_text="这些企业的清单：页面地址")
    points_total = serializers.IntegerField(help_text="这些企业的家数，含没有坐标的")


class EnterpriseFiguresSerializer(serializers.Serializer):
    enterprise = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    figures = FigureSerializer(many=True)


def cell_told(cell: Cell) -> dict[str, Any]:
    return {"value": cell.value, "unit": cell.unit, "link": cell.link, "api": over_api(cell.link)}


def card_told(card: Card, at) -> dict[str, Any]:
    return {
        "name": card.figure.label,
        "definition": card.figure.definition,
        "as_of": at,
        **cell_told(card.cell),
        "parts": [{"before": one.before, "after": one.after, **cell_told(one.cell)} for one in card.parts],
    }


def panel_told(panel: Panel, at) -> dict[str, Any]:
    return {
        "key": panel.key,
        "title": panel.title,
        "as_of": at,
        "definitions": [{"name": one.label, "definition": one.definition} for one in panel.figures],
        "head": panel.head,
        "columns": panel.columns,
        "rows": [{"name": name, "cells": [cell_told(cell) for cell in cells]} for name, cells in panel.rows],
        "total": [cell_told(cell) for cell in panel.foot],
        "adds_up": panel.adds_up,
    }


def change_told(one: Change) -> dict[str, Any]:
    return {
        "name": one.figure.label,
        "definition": one.figure.definition,
        "spans": [[span.first, span.last] for span in one.spans],
        "now": cell_told(one.now),
        "before": cell_told(one.before),
        "year_ago": cell_told(one.year_ago),
        "from_before": one.from_before,
        "from_year_ago": one.from_year_ago,
    }


def within_told(within: Within) -> dict[str, Any]:
    return {"district": within.district, "department": within.department, "sector": within.sector}


WITHIN = [
    OpenApiParameter("district", int, description="只看一个区县"),
    OpenApiParameter("department", int, description="只看一个市级部门主管的行业"),
    OpenApiParameter("sector", str, description="只看一个行业"),
]


class DashboardViewSet(ViewSet):
    """整治总览."""

    needs = {"default": "dashboard.view", "enterprise": "hazards.view"}

    def asked(self, kind: type[WithinForm]) -> Any:
        form = kind(self.request.query_params)
        if not form.is_valid():
            raise ValidationError(form.errors)
        return form

    @property
    def today(self) -> date:
        return timezone.localdate()

    @extend_schema(parameters=WITHIN, responses=DashboardSerializer)
    def list(self, request):
        """The page's cards and tables."""
        within = self.asked(WithinForm).within()
        board = kept_dashboard(self.today, within)
        told = {
            "as_of": board.at,
            "within": within_told(within),
            "figures": [card_told(one, board.at) for one in cards(board, waiting_messages())],
            "panels": [panel_told(one, board.at) for one in panels(board)],
        }
        return Response(DashboardSerializer(told).data)

    @extend_schema(parameters=WITHIN, responses=FigureSerializer)
    @action(detail=False)
    def repeated(self, request):
        """屡查屡犯未销号: each open hazard's past is looked up, so it is asked for by itself."""
        found = repeated_card(self.today, self.asked(WithinForm).within())
        return Response(FigureSerializer(card_told(found, timezone.now())).data)

    @extend_schema(
        parameters=[*WITHIN, OpenApiParameter("figure", str, description="overdue、open、found、on_time、rate")],
        responses=PanelSerializer,
    )
    @action(detail=False)
    def grades(self, request):
        """隐患按企业等级比较, district by district."""
        form = self.asked(GradesForm)
        found = kept_grades(self.today, form.within())
        return Response(PanelSerializer(panel_told(grades_panel(found, form.cleaned_data["figure"]), found.at)).data)

    @extend_schema(parameters=WITHIN, responses=PanelSerializer)
    @action(detail=False)
    def levels(self, request):
        """隐患按级别."""
        found = kept_levels(self.today, self.asked(WithinForm).within())
        return Response(PanelSerializer(panel_told(levels_panel(found), found.at)).data)

    @extend_schema(parameters=WITHIN, responses=TrendSerializer)
    @action(detail=False)
    def trend(self, request):
        """Beside the month before and the same of last year."""
        found = kept_trend(self.today, self.asked(WithinForm).within())
        told = {"as_of": found.at, "figures": [change_told(one) for one in trend_rows(found)]}
        return Response(TrendSerializer(told).data)

    @extend_schema(
        parameters=[
            *WITHIN,
            OpenApiParameter("figure", str, description="overdue、open、found、rate、coverage"),
            OpenApiParameter("dots", str, description="key 或 overdue"),
        ],
        responses=MapSerializer,
    )
    @action(detail=False)
    def map(self, request):
        """What the map is coloured by, district by district, and where its boundaries and points are."""
        form = self.asked(MapForm)
        within, key, dots = form.within(), form.cleaned_data["figure"], form.cleaned_data["dots"]
        found = map_panel(kept_map(self.today, within, dots), kept_dashboard(self.today, within), key, dots)
        record = found.drawn.map
        told = {
            "name": found.shade.figure.label,
            "definition": found.shade.figure.definition,
            "as_of": found.at,
            "districts": [{"district": name, **cell_told(cell)} for name, cell, _, _ in found.rows],
            "total": cell_told(found.whole),
            "map": reverse("api-city-map-detail", args=[record]) if record else "",
            "points": found.points_api,
            "points_link": found.dots_link,
            "points_total": found.drawn.dotted + found.drawn.unlocated,
        }
        return Response(MapSerializer(told).data)

    @extend_schema(responses=EnterpriseFiguresSerializer)
    @action(detail=False, url_path=r"enterprises/(?P<pk>[0-9]{1,18})")
    def enterprise(self, request, pk):
        """One enterprise's figures, for whoever may see it."""
        one = get_object_or_404(Enterprise, pk=pk)
        board, at = enterprise_board(one, self.today), timezone.now()
        told = {"enterprise": one.pk, "as_of": at, "figures": [card_told(card, at) for card in enterprise_cards(board)]}
        return Response(EnterpriseFiguresSerializer(told).data)


def register(router) -> None:
    router.register("dashboard", DashboardViewSet, basename="api-dashboard")
