"""What is typed and uploaded on enterprise pages."""

import re

from django import forms
from django.utils import timezone

from enterprises.ledger import ENTERPRISES, Chemical, Mapping, Process, Vocabulary, catalog, normalise
from enterprises.models import Coordinates, Kind, MajorLevel, Sector
from enterprises.rules.coordinates import to_wgs84
from portal.ui.fields import day


class UploadForm(forms.Form):
    workbook = forms.FileField(
        label="台账工作簿",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.csv"}),
        help_text="区县报送的原表即可（.xlsx），不用改表头、不用拆合并单元格。",
        error_messages={"required": "请选择要导入的文件。", "empty": "文件是空的，请重新选择。"},
    )


class MappingForm(forms.Form):
    """One choice a field: which column of the sheet it is read from."""

    def __init__(self, *args, mapping: Mapping, among: Vocabulary = ENTERPRISES, **kwargs):
        super().__init__(*args, **kwargs)
        columns = [("", "（没有这一列）")] + [
            (str(number), f"{letter(number)}列 {header}") for number, header in enumerate(mapping.headers) if header
        ]
        names = list(among.fields) + [name for name in mapping.columns if name not in among.fields]
        for name in names:
            label = among.fields[name].label if name in among.fields else name
            self.fields[name] = forms.ChoiceField(
                label=label, choices=columns, required=False, initial=str(mapping.columns.get(name, ""))
            )

    def columns(self) -> dict[str, int | None]:
        return {name: int(value) if value else None for name, value in self.cleaned_data.items()}


def letter(number: int) -> str:
    """0 → A, 26 → AA: a column as Excel names it."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


SUBSTANCE_LIMIT = 80
NOT_YOURS_TO_MOVE = "企业迁到别的区县，由领导小组办公室修改。"


def blank_and(labels: list[str], blank: str = "请选择") -> list[tuple[str, str]]:
    return [("", blank), *((label, label) for label in labels)]


class FactsForm(forms.Form):
    """An enterprise's facts, in the ledger's own words; 风险等级 is decided elsewhere, with a ground."""

    name = forms.CharField(label="企业名称", max_length=120)
    district = forms.ChoiceField(label="所属县区")
    sector = forms.ChoiceField(label="行业类别", choices=blank_and(Sector.labels))
    kind = forms.ChoiceField(label="企业类型", choices=blank_and(Kind.labels))
    address = forms.CharField(label="详细地址", max_length=200, required=False)
    longitude = forms.DecimalField(
        label="经度", min_value=73, max_value=136, max_digits=9, decimal_places=6, required=False
    )
    latitude = forms.DecimalField(
        label="纬度", min_value=3, max_value=54, max_digits=8, decimal_places=6, required=False
    )
    coordinates_in = forms.ChoiceField(
        label="坐标系", choices=[(system.word, system.label) for system in Coordinates], required=False
    )
    licence_no = forms.CharField(label="许可证编号", max_length=60, required=False)
    licence_until = day("许可证有效期至", required=False)
    chemicals = forms.CharField(
        label="危险化学品和最大存量",
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        help_text="每行一种：名称、空格、最大存量，如“液氯 12.5”。单位为吨，也可写“800kg”；不知道存量的只写名称。",
    )
    processes = forms.CharField(
        label="危险化工工艺", widget=forms.Textarea(attrs={"rows": 3}), required=False, help_text="每行一种。"
    )
    major_level = forms.ChoiceField(
        label="重大危险源等级",
        choices=blank_and(MajorLevel.labels, "不构成或未申报"),
        required=False,
    )
    population_500m = forms.IntegerField(
        label="厂区边界外500米内常住人口",
        min_value=0,
        max_value=10_000_000,
        required=False,
        help_text="确定暴露人员校正系数α（GB 18218-2018 表5）。不知道就空着，不要填0。",
    )
    employees = forms.IntegerField(label="从业人数", min_value=0, max_value=1_000_000, required=False)
    principal = forms.CharField(label="主要负责人", max_length=40, required=False)
    principal_phone = forms.CharField(label="主要负责人手机", max_length=20, required=False)
    safety_officer = forms.CharField(label="安全员", max_length=40, required=False)
    safety_officer_phone = forms.CharField(label="安全员手机", max_length=20, required=False)
    remark = forms.CharField(label="备注", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, districts: list[str], moves: bool, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["district"]
        field.choices = [(name, name) for name in districts]
        if not moves:
            field.help_text = field.error_messages["invalid_choice"] = NOT_YOURS_TO_MOVE
        self["coordinates_in"].help_text = self.in_wgs84() + "高德、腾讯地图上取的点是GCJ-02，百度地图是BD-09。"

    def in_wgs84(self) -> str:
        """What the coordinates in the boxes come to where they are drawn; blank where there is nothing to convert."""
        systems = {system.word: system for system in Coordinates}
        system = systems.get(self["coordinates_in"].value(), Coordinates.WGS84)
        try:
            x, y = to_wgs84(float(self["longitude"].value()), float(self["latitude"].value()), system)
        except (TypeError, ValueError):
            return ""
        return "" if system == Coordinates.WGS84 else f"换算为WGS-84是 {x:.6f}, {y:.6f}。"

    def clean_coordinates_in(self) -> str:
        """Nothing chosen leaves it as it was."""
        return self.cleaned_data["coordinates_in"] or self.initial["coordinates_in"]

    def clean_chemicals(self) -> tuple[Chemical, ...]:
        found: dict[str, Chemical] = {}
        for line in lines(self.cleaned_data["chemicals"]):
            name, _, written = line.rpartition(" ")
            name = normalise.tidy(name)
            amount = normalise.quantity(written)
            if not name or (amount.value is None and not written[:1].isdigit()):
                name, amount = normalise.tidy(line), normalise.Reading(None)
                if re.fullmatch(rf".*\d{normalise.UNIT}", normalise.fold(line)):
                    raise forms.ValidationError(f"“{line}”：请在名称和存量之间空一格。")
            elif amount.value is None or amount.doubt:
                raise forms.ValidationError(f"“{line}”：存量{amount.doubt}。")
            once(name, found)
            listed = catalog.chemical(name)
            found[name] = Chemical(name, amount.value, listed and listed.seq)
        return tuple(found.values())

    def clean_processes(self) -> tuple[Process, ...]:
        found: dict[str, Process] = {}
        for name in map(normalise.tidy, lines(self.cleaned_data["processes"])):
            once(name, found)
            listed = catalog.process(name)
            found[name] = Process(name, listed and listed.seq)
        return tuple(found.values())

    def clean(self):
        data = super().clean()
        for one, other in (("longitude", "latitude"), ("latitude", "longitude")):
            if not self.errors and data.get(one) is not None and data.get(other) is None:
                self.add_error(other, "经度和纬度要么都填，要么都不填。")
        return data

    def told(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("revision", "reason")}


class ProposalForm(FactsForm):
    """The same facts as the enterprise's own officer says they are."""

    reason = forms.CharField(
        label="变更说明",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="为什么变更、有什么依据，方便区县核实。",
    )


class DecisionForm(forms.Form):
    verdict = forms.ChoiceField(choices=[("confirm", "确认"), ("return", "退回")])
    note = forms.CharField(
        label="核实意见",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="退回时必须写明原因。",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class DayForm(forms.Form):
    on = day("看哪一天的情况", error_messages={"invalid": "请填写日期，如 2026-05-01。"})

    def clean_on(self):
        """Of a day to come nothing is known."""
        if self.cleaned_data["on"] > timezone.localdate():
            raise forms.ValidationError("只能查看今天和以前的情况。")
        return self.cleaned_data["on"]


def lines(text: str) -> list[str]:
    return [line for raw in text.splitlines() if (line := " ".join(raw.split()))]


def once(name: str, found: dict) -> None:
    if len(name) > SUBSTANCE_LIMIT:
        raise forms.ValidationError(f"“{name[:20]}…”超过{SUBSTANCE_LIMIT}字。")
    if name in found:
        raise forms.ValidationError(f"“{name}”写了两次。")


def facts_as_typed(known: dict) -> dict:
    """What the ledger holds, as the form's boxes show it."""
    amounts = [(c.name, f" {c.quantity.normalize():f}" if c.quantity is not None else "") for c in known["chemicals"]]
    return known | {
        "chemicals": "\n".join(f"{name}{amount}" for name, amount in amounts),
        "processes": "\n".join(process.name for process in known["processes"]),
    }
