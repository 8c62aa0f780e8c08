"""年度考核 over the API: what the pages show and the same verbs."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accountability.actions import past_scores
from accountability.actions import scores as verbs
from accountability.models import (
    ManualFigure,
    Objection,
    PastScore,
    PastYear,
    Score,
    ScoreLine,
    ScoreTemplate,
    SubjectKind,
    YearScore,
)
from accountability.queries import score_compare
from accountability.queries.score_export import exported
from accountability.queries.scores import last_year
from accountability.rules_past import MOST
from accountability.score_form import XLSX, form_of
from portal.api import Asks
from portal.tenancy.scope import who


class RevisionSerializer(serializers.Serializer):
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class NoteSerializer(RevisionSerializer):
    note = serializers.CharField(max_length=500)


class YearScoreSerializer(serializers.ModelSerializer):
    class Meta:
        model = YearScore
        fields = (
            "id", "year", "subject_kind", "template", "since", "until", "state", "asked_at", "as_of", "announced_on",
            "objections_until", "final_at", "digest", "revision",
        )  # fmt: skip
        read_only_fields = fields


class OpenSerializer(serializers.Serializer):
    year = serializers.IntegerField()
    subject_kind = serializers.ChoiceField(SubjectKind.choices)
    since = serializers.DateField(required=False, allow_null=True, default=None)
    until = serializers.DateField(required=False, allow_null=True, default=None)
    template = serializers.IntegerField(required=False, allow_null=True, default=None)


class ComparedSerializer(serializers.Serializer):
    score = serializers.IntegerField(source="now.pk")
    name = serializers.CharField(source="now.name")
    rank = serializers.IntegerField(source="now.rank")
    total = serializers.DecimalField(source="now.total", max_digits=7, decimal_places=2)
    grade = serializers.CharField(source="now.grade")
    rank_before = serializers.IntegerField(source="then.rank", allow_null=True, default=None)
    total_before = serializers.DecimalField(
        source="then.total", max_digits=7, decimal_places=2, allow_null=True, default=None
    )
    grade_before = serializers.CharField(source="then.grade", allow_null=True, default=None)
    places_up = serializers.IntegerField(allow_null=True, help_text="名次上升几位，下降为负；上年没有得分的为空")
    points_up = serializers.DecimalField(max_digits=7, decimal_places=2, allow_null=True)


class YearCompareSerializer(serializers.Serializer):
    year = serializers.IntegerField()
    before = serializers.IntegerField(allow_null=True, help_text="上年的考核编号；上年没有定稿的为空")
    past = serializers.IntegerField(allow_null=True, help_text="上年是系统外录入的，它的编号")
    differences = serializers.ListField(child=serializers.CharField(), help_text="两年考核办法的不同，逐条说明")
    scores = ComparedSerializer(many=True)


class LinePairSerializer(serializers.Serializer):
    key = serializers.SerializerMethodField()
    label = serializers.CharField()
    now = serializers.SerializerMethodField(help_text="今年得分；今年没有这一项的为空")
    then = serializers.SerializerMethodField(help_text="上年得分；上年没有这一项的为空")
    value = serializers.SerializerMethodField()
    value_before = serializers.SerializerMethodField()
    points_up = serializers.DecimalField(max_digits=7, decimal_places=2, allow_null=True)
    word = serializers.CharField(help_text="今年新增、今年取消或计分办法有变")

    def get_key(self, pair) -> str:
        return (pair.now or pair.then).line.key

    def get_now(self, pair) -> str | None:
        return f"{pair.now.line.points}" if pair.now else None

    def get_then(self, pair) -> str | None:
        return f"{pair.then.line.points}" if pair.then else None

    def get_value(self, pair) -> str | None:
        return pair.now.value if pair.now else None

    def get_value_before(self, pair) -> str | None:
        return pair.then.value if pair.then else None


class ScoreCompareSerializer(ComparedSerializer):
    differences = serializers.ListField(child=serializers.CharField())
    lines = LinePairSerializer(many=True)


class PastScoreSerializer(serializers.ModelSerializer):
    class Meta:
        model = PastScore
        fields = ("subject_id", "name", "total", "grade", "rank")
        read_only_fields = fields


class PastYearSerializer(serializers.ModelSerializer):
    class Meta:
        model = PastYear
        fields = ("id", "year", "subject_kind", "basis", "whole", "by_name", "at")
        read_only_fields = fields


class PastYearFileSerializer(PastYearSerializer):
    scores = PastScoreSerializer(many=True, read_only=True)

    class Meta(PastYearSerializer.Meta):
        fields = (*PastYearSerializer.Meta.fields, "scores")
        read_only_fields = fields


class PastResultSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    total = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0, max_value=MOST)
    grade = serializers.CharField(max_length=20)


class EnterPastSerializer(serializers.Serializer):
    year = serializers.IntegerField()
    subject_kind = serializers.ChoiceField(SubjectKind.choices)
    results = PastResultSerializer(many=True)
    basis = serializers.CharField(max_length=300)


class PastYearViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """系统外录入的往年考核: entered again, the newest stands."""

    queryset = PastYear.objects.order_by("-id")
    serializer_class = PastYearSerializer
    filterset_fields = {"year": ["exact"], "subject_kind": ["exact"]}
    needs = {"default": "scores.view", "create": "scores.past"}

    def get_serializer_class(self):
        return PastYearFileSerializer if self.action == "retrieve" else PastYearSerializer

    @extend_schema(request=EnterPastSerializer, responses={201: PastYearFileSerializer})
    def create(self, request):
        asked = self.checked(EnterPastSerializer)
        results = [(one["name"], one["total"], one["grade"]) for one in asked["results"]]
        made = past_scores.enter_past(asked["year"], asked["subject_kind"], results, asked["basis"])
        return Response(PastYearFileSerializer(made).data, status=201)


class YearScoreViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """年度考核."""

    queryset = YearScore.objects.order_by("-id")
    serializer_class = YearScoreSerializer
    needs = {
        "default": "scores.view",
        "create": "scores.run",
        "reckon": "scores.run",
        "announce": "scores.announce",
        "recall": "scores.announce",
        "finish": "scores.announce",
        "export": "scores.export",
        "form": "scores.export",
    }

    def get_queryset(self):
        found = super().get_queryset()
        return found if who().scope in ("city", "audit") else found.exclude(state=YearScore.State.DRAFT)

    def answer(self, pk) -> Response:
        return Response(YearScoreSerializer(self.get_queryset().get(pk=pk)).data)

    @extend_schema(request=OpenSerializer, responses={201: YearScoreSerializer})
    def create(self, request):
        asked = self.checked(OpenSerializer)
        made = verbs.open_year(
            asked["year"],
            asked["subject_kind"],
            since=asked["since"],
            until=asked["until"],
            template_id=asked["template"],
        )
        return Response(YearScoreSerializer(made).data, status=201)

    @extend_schema(request=RevisionSerializer)
    @action(detail=True, methods=["post"])
    def reckon(self, request, pk=None):
        """取数计分, in the background: `asked_at` is blank again when it is done."""
        verbs.ask(int(pk), revision=self.asked(RevisionSerializer)["revision"])
        return self.answer(pk)

    @extend_schema(request=RevisionSerializer)
    @action(detail=True, methods=["post"])
    def announce(self, request, pk=None):
        verbs.announce(int(pk), revision=self.asked(RevisionSerializer)["revision"])
        return self.answer(pk)

    @extend_schema(request=NoteSerializer)
    @action(detail=True, methods=["post"])
    def recall(self, request, pk=None):
        asked = self.asked(NoteSerializer)
        verbs.recall(int(pk), asked["note"], revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=RevisionSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request, pk=None):
        verbs.finish(int(pk), revision=self.asked(RevisionSerializer)["revision"])
        return self.answer(pk)

    @extend_schema(responses=dict)
    @action(detail=True, methods=["get"])
    def export(self, request, pk=None):
        """Everything the points rest on, for tools/recompute_score.py."""
        found = self.get_object()
        verbs.note_export(found)
        return Response(exported(found) | ({"digest": found.digest} if found.digest else {}))

    @extend_schema(responses={(200, XLSX): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def form(self, request, pk=None):
        """考核结果表, an xlsx as the office files it."""
        return form_of(self.get_object())

    @extend_schema(responses=YearCompareSerializer)
    @action(detail=True, methods=["get"])
    def compare(self, request, pk=None):
        """Each subject beside itself a year before; `before` is null until that year is final, `past` where it was entered from outside."""
        found = self.get_object()
        before = score_compare.year_before(found)
        told = {
            "year": found.year,
            "before": before.pk if before and not before.outside else None,
            "past": before.pk if before and before.outside else None,
            "differences": score_compare.told_differences(found, before),
            "scores": score_compare.compared(found.scores.order_by("rank", "name", "id"), before) if before else [],
        }
        return Response(YearCompareSerializer(told).data)


class ScoreLineSerializer(serializers.ModelSerializer):
    class Meta:
        model = ScoreLine
        fields = ("key", "counted", "of", "points", "vetoed", "records")
        read_only_fields = fields


class ScoreSerializer(serializers.ModelSerializer):
    class Meta:
        model = Score
        fields = ("id", "year_score", "subject_id", "name", "total", "grade", "rank", "vetoes")
        read_only_fields = fields


class ScoreFileSerializer(ScoreSerializer):
    lines = ScoreLineSerializer(many=True, read_only=True)

    class Meta(ScoreSerializer.Meta):
        fields = (*ScoreSerializer.Meta.fields, "lines")
        read_only_fields = fields


class ObjectionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Objection
        fields = (
            "id", "score", "key", "text", "state", "raised_by", "raised_by_unit", "raised_at", "answer", "correction",
            "decided_by", "decided_at", "revision",
        )  # fmt: skip
        read_only_fields = fields


class ObjectSerializer(serializers.Serializer):
    key = serializers.CharField(max_length=40)
    text = serializers.CharField(max_length=2000)


class ScoreViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """考核得分."""

    queryset = Score.objects.order_by("-id")
    filterset_fields = {"year_score": ["exact"], "rank": ["lte"]}
    needs = {"default": "scores.view", "object": "scores.object"}

    def get_queryset(self):
        found = super().get_queryset()
        return found.prefetch_related("lines") if self.action == "retrieve" else found

    def get_serializer_class(self):
        return ScoreFileSerializer if self.action == "retrieve" else ScoreSerializer

    @extend_schema(responses=ScoreCompareSerializer)
    @action(detail=True, methods=["get"])
    def compare(self, request, pk=None):
        """Line by line beside the year before; nothing to compare until that year is final and has scored it."""
        now = self.get_object()
        then = last_year(now)
        told = ComparedSerializer(score_compare.Compared(now, then)).data | {"differences": [], "lines": []}
        if then and not then.outside:
            told["differences"] = score_compare.told_differences(now.year_score, then.year_score)
            told["lines"] = LinePairSerializer(score_compare.line_pairs(now, then), many=True).data
        return Response(told)

    @extend_schema(request=ObjectSerializer, responses={201: ObjectionSerializer})
    @action(detail=True, methods=["post"])
    def object(self, request, pk=None):
        """提出异议 by the one concerned."""
        asked = self.asked(ObjectSerializer)
        made = verbs.object_to(int(pk), asked["key"], asked["text"])
        return Response(ObjectionSerializer(made).data, status=201)


class DecideSerializer(RevisionSerializer):
    upheld = serializers.BooleanField()
    correction = serializers.DecimalField(max_digits=7, decimal_places=2, default=0)
    answer = serializers.CharField(max_length=2000)


class ObjectionViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """考核异议."""

    queryset = Objection.objects.order_by("-id")
    serializer_class = ObjectionSerializer
    filterset_fields = {"score": ["exact"], "state": ["exact"]}
    needs = {"default": "scores.view", "decide": "scores.decide"}

    @extend_schema(request=DecideSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request, pk=None):
        asked = self.asked(DecideSerializer)
        made = verbs.decide(int(pk), asked["upheld"], asked["correction"], asked["answer"], revision=asked["revision"])
        return Response(ObjectionSerializer(made).data)


class ManualSerializer(serializers.ModelSerializer):
    class Meta:
        model = ManualFigure
        fields = (
            "id", "year_score", "key", "subject_id", "counted", "of", "grounds", "state", "by_name", "at", "second_name",
            "second_at", "second_note",
        )  # fmt: skip
        read_only_fields = fields


class EnterSerializer(serializers.Serializer):
    year_score = serializers.IntegerField()
    key = serializers.CharField(max_length=40)
    subject_id = serializers.IntegerField()
    counted = serializers.DecimalField(max_digits=16, decimal_places=4)
    of = serializers.DecimalField(max_digits=16, decimal_places=4, required=False, allow_null=True, default=None)
    grounds = serializers.CharField(max_length=1000)


class SecondSerializer(serializers.Serializer):
    agree = serializers.BooleanField()
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ManualViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """人工指标."""

    queryset = ManualFigure.objects.order_by("-id")
    serializer_class = ManualSerializer
    filterset_fields = {"year_score": ["exact"], "state": ["exact"]}
    needs = {"default": "scores.enter", "list": "scores.export", "retrieve": "scores.export"}

    @extend_schema(request=EnterSerializer, responses={201: ManualSerializer})
    def create(self, request):
        asked = self.checked(EnterSerializer)
        made = verbs.enter(
            asked["year_score"], asked["key"], asked["subject_id"], asked["counted"], asked["of"], asked["grounds"]
        )
        return Response(ManualSerializer(made).data, status=201)

    @extend_schema(request=SecondSerializer)
    @action(detail=True, methods=["post"])
    def second(self, request, pk=None):
        asked = self.asked(SecondSerializer)
        return Response(ManualSerializer(verbs.second(int(pk), asked["agree"], asked["note"])).data)


class ScoreTemplateSerializer(serializers.ModelSerializer):
    class Meta:
        model = ScoreTemplate
        fields = ("id", "subject_kind", "edition", "name", "body", "note", "by_name", "made_at")
        read_only_fields = ("id", "edition", "by_name", "made_at")


class ScoreTemplateViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """考核模板: posted, it is a new edition."""

    queryset = ScoreTemplate.objects.order_by("-id")
    serializer_class = ScoreTemplateSerializer
    filterset_fields = {"subject_kind": ["exact"]}
    needs = {"default": "scores.view", "create": "scores.template"}

    @extend_schema(request=ScoreTemplateSerializer, responses={201: ScoreTemplateSerializer})
    def create(self, request):
        asked = self.checked(ScoreTemplateSerializer)
        made = verbs.make_template(asked["subject_kind"], asked["name"], asked["body"], asked["note"])
        return Response(ScoreTemplateSerializer(made).data, status=201)


def register(router) -> None:
    router.register("year-scores", YearScoreViewSet, basename="api-year-score")
    router.register("scores", ScoreViewSet, basename="api-score")
    router.register("score-objections", ObjectionViewSet, basename="api-score-objection")
    router.register("score-figures", ManualViewSet, basename="api-score-figure")
    router.register("past-years", PastYearViewSet, basename="api-past-year")
    router.register("score-templates", ScoreTemplateViewSet, basename="api-score-template")
