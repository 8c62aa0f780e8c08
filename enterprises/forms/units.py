"""Units and what they hold, as typed."""

from django import forms
from django.urls import reverse_lazy

from enterprises.gb18218_tables import tables
from enterprises.models import Holding, MajorLevel, Mixture, Unit, UnitKind
from enterprises.unit_sheet import UnitRow
from portal.ui.fields import day

ABOUT = ("substance", "quantity_t", "state", "cas", "mixture", "table1_seq", "symbols", "beta_symbol")


class UnitForm(forms.Form):
    name = forms.CharField(label="单元名称", max_length=80, help_text="如：液氨罐区、合成装置、甲类库房1。")
    kind = forms.ChoiceField(label="单元类型", choices=UnitKind.choices)
    boundary = forms.CharField(
        label="边界说明",
        max_length=300,
        required=False,
        help_text="生产单元写明以哪些切断阀为界；罐区写明防火堤；仓库写明独立库房。",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    declared_level = forms.TypedChoiceField(
        label="企业申报的等级",
        choices=[("", "未申报或不构成"), *MajorLevel.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    closed_on = day("停用日期", required=False, help_text="停用后不再计入企业的重大危险源等级，记录仍在。")
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def told(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


def rows_of_table1() -> list[tuple[str, str]]:
    return [
        ("", "不在表1中，按危险性类别"),
        *((str(row.seq), f"{row.seq} {row.name}") for row in tables().named.values()),
    ]


def rows_of_table2() -> list[tuple[str, str]]:
    return [(row.symbol, f"{row.symbol} {row.text}") for row in tables().classes.values()]


class HoldingForm(forms.Form):
    """在量, t; which row of GB 18218-2018 it falls under is chosen, not guessed."""

    substance = forms.CharField(
        label="物质名称",
        max_length=80,
        widget=forms.TextInput(attrs={"data-suggest": reverse_lazy("catalog_pick"), "autocomplete": "off"}),
        help_text="可按名称、别名、CAS号或拼音首字母从目录里选，如 yl。",
    )
    quantity_t = forms.DecimalField(
        label="设计最大量（吨）",
        max_digits=14,
        decimal_places=4,
        min_value=0,
        required=False,
        help_text="按储罐、容器、设备或仓储区的设计最大量（GB 18218-2018 4.2.2）。空着则不能判定。",
    )
    table1_seq = forms.TypedChoiceField(
        label="表1中的物质", choices=rows_of_table1, coerce=int, empty_value=None, required=False
    )
    symbols = forms.MultipleChoiceField(
        label="表2危险性类别",
        choices=rows_of_table2,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text="不在表1中的，按安全技术说明书的GHS分类选择；有几种就选几种，取最低临界量。",
    )
    mixture = forms.ChoiceField(label="是否混合物", choices=Mixture.choices, required=False)
    beta_symbol = forms.ChoiceField(
        label="校正系数β按哪一类",
        choices=lambda: [("", "由标准确定"), *rows_of_table2()],
        required=False,
        help_text="表3没有列名的表1物质，可指定其危险性类别；不指定则按目录的推定。",
    )
    state = forms.CharField(
        label="状态、工况", max_length=60, required=False, help_text="如：常温储存、工作温度高于沸点。"
    )
    cas = forms.CharField(label="CAS 号", max_length=12, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class HoldingProposalForm(HoldingForm):
    """What a unit holds as the enterprise's own officer says; which substance a change is of does not change."""

    gone = forms.BooleanField(label="不再生产、储存或使用这种物质，从单元中删除", required=False)
    reason = forms.CharField(label="变更说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, unit: Unit, holding: Holding | None = None, proposed: UnitRow | None = None, **kwargs):
        """`proposed`: what is proposed of the holding already; another change is added to it."""
        self.unit, self.holding = unit, holding
        if holding:
            kwargs["initial"] = {name: getattr(holding, name) for name in ABOUT}
        if proposed:
            kwargs["initial"] |= proposed.about_holding | {"gone": proposed.remove}
        super().__init__(*args, **kwargs)
        del self.fields["revision"]
        if holding:
            # Name and state say which row of the unit is meant.
            del self.fields["substance"], self.fields["state"]
        else:
            del self.fields["gone"]

    def row(self) -> UnitRow:
        told = {name: self.cleaned_data[name] for name in ABOUT if name in self.cleaned_data}
        substance = told.pop("substance", None) or (self.holding.substance if self.holding else "")
        if self.holding:
            told["state"] = self.holding.state
        return UnitRow(
            1, self.unit.enterprise.code, self.unit.name,
            substance=substance, about_holding=told, remove=self.cleaned_data.get("gone", False),
        )  # fmt: skip


class PopulationForm(forms.Form):
    persons = forms.IntegerField(
        label="厂区边界外500米内常住人口",
        min_value=0,
        max_value=10_000_000,
        required=False,
        help_text="确定暴露人员校正系数α（GB 18218-2018 表5）。不知道就空着，不要填0。",
    )


class ProcessForm(forms.Form):
    name = forms.CharField(label="涉及工艺", max_length=80)


class UnitSheetForm(forms.Form):
    workbook = forms.FileField(
        label="填好的表格",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选择填好的表格。", "empty": "文件是空的，请重新选择。"},
    )
