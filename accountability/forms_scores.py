"""What is typed on the pages of the year-end score, checked for form; whether it may be done is the verbs' business."""

from django import forms
from django.db.models import Q, QuerySet

from accountability import rules_score as rules
from accountability.models import Score, SubjectKind, YearScore
from accountability.queries.score_figures import FIGURES
from enterprises.models import Enterprise
from portal.ui.fields import day, lines


class RevisionForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)


class OpenForm(forms.Form):
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    subject_kind = forms.ChoiceField(label="考核对象", choices=SubjectKind.choices)
    since = day("考核期起", required=False, help_text="空着就是当年1月1日。")
    until = day("截止日", required=False, help_text="空着就是当年12月31日。")


class PastForm(forms.Form):
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    subject_kind = forms.ChoiceField(label="考核对象", choices=SubjectKind.choices)
    results = lines(
        "结果",
        length=400_000,
        rows=10,
        help_text="每行一个：名称、总分、等次，如“江南区 92.5 优秀”；可以从Excel复制三列粘贴。名次按总分从高到低排，同分同名次。",
    )
    basis = forms.CharField(
        label="依据", max_length=300, help_text="结果出自哪份文件，如“市安委办〔2026〕3号考核通报”。"
    )


class AmongForm(forms.Form):
    """Which of a year's scores are listed."""

    q = forms.CharField(label="名称", max_length=60, required=False)
    grade = forms.ChoiceField(label="等次", required=False)
    veto = forms.BooleanField(label="只看一票否决", required=False)

    def __init__(self, *args, year_score: YearScore, **kwargs):
        super().__init__(*args, **kwargs)
        grades = [name for name, _ in year_score.template.body["grades"]]
        self.fields["grade"].choices = [("", "全部等次"), *((name, name) for name in grades)]

    def among(self, scores: QuerySet[Score]) -> QuerySet[Score]:
        told = self.cleaned_data if self.is_valid() else {}
        if word := told.get("q"):
            scores = scores.filter(name__icontains=word)
        if grade := told.get("grade"):
            scores = scores.filter(grade=grade)
        return scores.exclude(vetoes=[]) if told.get("veto") else scores


class RecallForm(RevisionForm):
    note = lines("撤回公示的理由")


class ManualForm(forms.Form):
    key = forms.ChoiceField(label="指标")
    subject_id = forms.TypedChoiceField(label="考核对象", coerce=int)
    counted = forms.DecimalField(label="数值", max_digits=16, decimal_places=4, help_text="次数，或比率中已完成的数。")
    of = forms.DecimalField(
        label="其中应计",
        max_digits=16,
        decimal_places=4,
        required=False,
        help_text="比率类指标填写，如应培训人数；其他的空着。",
    )
    grounds = lines("依据", length=1000, help_text="文件、会议记录、台账名称和日期。")

    def __init__(self, *args, year_score: YearScore, subjects, **kwargs):
        super().__init__(*args, **kwargs)
        manual = [line for line in year_score.template.body["lines"] if not line.get("figure")]
        self.fields["key"].choices = [
            (line["key"], f"{line['label']}（{'比率' if line.get('share') else '次数'}）") for line in manual
        ]
        if year_score.subject_kind == SubjectKind.ENTERPRISE:
            # A city has thousands: each is named, none is looked for in a list.
            self.fields["subject_id"] = forms.CharField(
                label="考核对象", max_length=120, help_text="企业全称，或者统一社会信用代码。"
            )
        else:
            self.fields["subject_id"].choices = [("", "请选择"), *((one.pk, one.name) for one in subjects)]

    def clean_subject_id(self) -> int:
        told = self.cleaned_data["subject_id"]
        if isinstance(told, int):
            return told
        found = list(Enterprise.objects.filter(Q(name=told) | Q(code=told)).values_list("pk", flat=True)[:2])
        if len(found) != 1:
            many = "台账里不止一家企业叫这个名称，请填写统一社会信用代码。"
            raise forms.ValidationError(many if found else "台账里没有这家企业，请填写全称或者统一社会信用代码。")
        return found[0]


class SecondForm(forms.Form):
    agree = forms.TypedChoiceField(
        label="复核结论",
        choices=[("yes", "同意"), ("no", "不同意")],
        widget=forms.RadioSelect,
        coerce=lambda word: word == "yes",
    )
    note = lines("复核意见", length=300, required=False)


class ObjectForm(forms.Form):
    key = forms.ChoiceField(label="有异议的项目")
    text = lines("异议和依据", length=2000, rows=5)

    def __init__(self, *args, body, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = [(line["key"], line["label"]) for line in body["lines"]]


class DecideForm(RevisionForm):
    upheld = forms.TypedChoiceField(
        label="处理结论",
        choices=[("yes", "予以采纳"), ("no", "不予采纳")],
        widget=forms.RadioSelect,
        coerce=lambda word: word == "yes",
    )
    correction = forms.DecimalField(
        label="更正分", max_digits=7, decimal_places=2, initial=0, help_text="加分为正，减分为负；不予采纳的填0。"
    )
    answer = lines("处理意见和依据", length=2000, rows=5)


class TemplateForm(forms.Form):
    name = forms.CharField(label="模板名称", max_length=80)
    note = lines("依据和修改说明", length=300, help_text="如：市安委办〔2026〕12号。")
    bonus_cap = forms.CharField(label="加分上限", max_length=10)
    veto_ceiling = forms.CharField(label="一票否决后的最高分", max_length=10)
    grades = forms.CharField(
        label="等次", max_length=200, help_text="从高到低，如：优秀 90，良好 80，合格 60，不合格 0"
    )


PARAMETERS = {
    "linear": "不得分的数值、得满分的数值，如 0.6 1",
    "bands": "从好到差，界限:得分比例，如 0.8:1 0.5:0.6；越小越好的在前面写“小”",
    "count": "每次扣几分，如 2",
    "each": "每次几分，如 0.5",
    "over": "达到几次即否决，如 1",
}


class LineForm(forms.Form):
    """One line of a template as the office types it; blank in all = no line."""

    key = forms.SlugField(label="编号", max_length=40, required=False, widget=forms.HiddenInput)
    label = forms.CharField(label="项目", max_length=80, required=False)
    kind = forms.ChoiceField(label="种类", choices=list(rules.KINDS.items()), required=False)
    figure = forms.ChoiceField(label="数据", required=False)
    weight = forms.CharField(label="分值", max_length=10, required=False)
    shape = forms.ChoiceField(label="计分", choices=list(rules.SHAPES.items()), required=False)
    numbers = forms.CharField(label="计分参数", max_length=200, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["figure"].choices = [
            ("", "人工填报（次数）"),
            ("share", "人工填报（比率）"),
            *((key, figure.label) for key, figure in FIGURES.items()),
        ]

    def line(self, number: int) -> dict | None:
        """As accountability.rules_score understands it. Raises BadTemplate."""
        told = self.cleaned_data
        label = told.get("label", "").strip()
        if not label:
            return None
        figure = told["figure"]
        line = {
            "key": told["key"] or f"line{number}",
            "label": label,
            "kind": told["kind"],
            "weight": told["weight"].strip() or "0",
            # Who never looked has found nothing, and earns nothing by it.
            "empty": "zero" if figure == "found" else "full",
            "formula": formula_of(label, told["shape"], told["numbers"]),
        }
        if figure == "share":
            return line | {"share": True}
        return line | ({"figure": figure} if figure else {})


def formula_of(label: str, shape: str, text: str) -> dict:
    words = text.replace("，", " ").replace(",", " ").replace("：", ":").split()
    better = "less" if words and words[0] == "小" else "more"
    words = words[1:] if better == "less" else words
    try:
        if shape == "linear":
            none, full = words
            return {"shape": shape, "none": none, "full": full}
        if shape == "bands":
            return {"shape": shape, "better": better, "bands": [pair.split(":") for pair in words]}
        (one,) = words
        return {"shape": shape, "at" if shape == "over" else "each": one}
    except ValueError:
        raise rules.BadTemplate(f"“{label}”：计分参数应写成：{PARAMETERS[shape]}。") from None


def numbers_of(formula) -> str:
    """The other way round: what stands in the field."""
    if formula["shape"] == "linear":
        return f"{formula['none']} {formula['full']}"
    if formula["shape"] == "bands":
        pairs = " ".join(f"{bound}:{share}" for bound, share in formula["bands"])
        return f"小 {pairs}" if formula.get("better") == "less" else pairs
    return formula.get("each") or formula["at"]


LineFormSet = forms.formset_factory(LineForm, extra=3, max_num=60, absolute_max=60)


def initial_lines(body) -> list[dict]:
    return [
        {
            "key": line["key"],
            "label": line["label"],
            "kind": line["kind"],
            "figure": line.get("figure") or ("share" if line.get("share") else ""),
            "weight": line["weight"],
            "shape": line["formula"]["shape"],
            "numbers": numbers_of(line["formula"]),
        }
        for line in body["lines"]
    ]


def body_of(told: dict, formset) -> dict:
    """The template's body from both forms. Raises BadTemplate."""
    lines = [line for number, one in enumerate(formset, 1) if (line := one.line(number)) is not None]
    words = told["grades"].replace("，", ",").replace("、", ",").split(",")
    grades = [word.split() for word in words if word.strip()]
    if not all(len(pair) == 2 for pair in grades):
        raise rules.BadTemplate("等次应写成：优秀 90，良好 80，合格 60，不合格 0。")
    return {
        "bonus_cap": told["bonus_cap"].strip(),
        "veto_ceiling": told["veto_ceiling"].strip(),
        "grades": grades,
        "lines": lines,
    }
