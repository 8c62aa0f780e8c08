"""Finding the ledger: which sheet, where its header is, and which column is which field, by name."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Table
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

from . import normalise, uscc
from .normalise import fold, tidy
from .read import Sheet, Value, Workbook

DEEPEST_HEADER = 30
ENOUGH = 45  # a column whose name scores less is left unmapped


class NoHeader(ValueError):
    """No sheet has a header with the enterprise's name or code; the message is a Chinese sentence."""


Rule = tuple[int, str, str]
"""Score, pattern of the column's own header, pattern of the group header above it ("" = any)."""


@dataclass(frozen=True)
class Field:
    label: str
    rules: tuple[Rule, ...]
    fits: Callable[[Value], bool] | None = None
    """Could this cell be one of the field's values?"""
    never: str = ""


def _read(reading: Any) -> bool:
    return reading.value is not None or reading.denied


def _number(value: Value) -> bool:
    return bool(re.search(r"\d", fold(value)))


def _name_of(value: Value) -> bool:
    return not re.fullmatch(r"[\d.,]*|是|否|有|√|×|X", fold(value))


PHONE = r"(手机|电话|联系方式|联系电话|联络方式|移动电话|办公电话|号码)(号码?)?"
PRINCIPAL = r"(主要负责人|第一责任人|法定代表人|法人代表|法人|企业负责人|单位负责人|负责人)"
OFFICER = r"(安全员|安全管理(人员|员|负责人)|专职安全.*员|安全(生产)?(负责人|总监|主管|科长)|分管安全.*)"
SUBSTANCE = r"(化学品|危化品|物质|物料|危险品|在量|储存情况)"

FIELDS: dict[str, Field] = {
    "serial": Field("序号", ((100, r"序号|序|NO\.?|编?号|项次", ""),), _number),
    "name": Field(
        "企业名称",
        (
            (
                100,
                r"(企业|单位|公司|生产经营单位|企业单位|企业\(单位\))(全称|名称)|(企业|单位|公司)(名称)?\(?全称\)?",
                "",
            ),
            (90, r".*(企业|单位|公司|加油站|站点)名称", ""),
            (85, r"名称|全称", r"企业|单位|公司|基本|概况"),
            (80, r"名称", "^$"),
            (70, r"企业|单位|公司|厂名|企业单位", ""),
        ),
        lambda v: len(fold(v)) > 3 and not fold(v).replace(".", "").isdigit(),
        r"上级|集团|母公司|监管|主管|评价|编制|填报|检测|设计|施工",
    ),
    "code": Field(
        "统一社会信用代码",
        (
            (100, r"(企业)?(统一)?(社会)?信用(代码|编码)(证)?号?码?|USCC", ""),
            (90, r".*信用代码.*", ""),
            (60, r".*机构代码|(企业|单位)代码|营业执照(编号|号|注册号)|代码", ""),
        ),
        lambda v: uscc.is_valid(normalise.code(v)) or len(normalise.code(v)) in (9, 15, 17, 18, 19),
    ),
    "district": Field(
        "所属县区",
        (
            (
                100,
                r"(企业)?(所属|所在|所处)?(行政)?(县区|区县|县市区|市县区|区市县|区域|属地|辖区|行政区划?|县|区|园区|功能区)(名称)?",
                "",
            ),
            (95, r"(所属|所在)(县|区|地区|市区|街道|地).*", ""),
            (80, r"地区|县别|属地.*", ""),
            (60, r"(监管|管理|主管|填报|上报|报送)(部门|单位|机构|地区)", ""),
        ),
        lambda v: not _number(v),
        r"地址",
    ),
    "address": Field(
        "详细地址",
        (
            (100, r"(企业|单位|公司)?(详细|生产|经营|实际|生产经营)+(地址|场所|住址)|地址|(企业|单位|公司|厂)地址", ""),
            (90, r".*地址.*", ""),
            (75, r"所在地|住所|地点|位置|(生产|经营)场所", ""),
        ),
        lambda v: len(fold(v)) > 3,
        r"邮|网|MAC|IP",
    ),
    "longitude": Field("经度", ((100, r"经度|东经|LNG|LON|LONGITUDE", ""), (90, r".*经度", "")), _number, "纬"),
    "latitude": Field("纬度", ((100, r"纬度|北纬|LAT|LATITUDE", ""), (90, r".*纬度", "")), _number, "经度"),
    "coordinates": Field("经纬度", ((100, r".*经纬度.*", ""), (80, r"(地理|位置)?坐标", "")), _number),
    "sector": Field(
        "行业类别",
        (
            (100, r"(所属|国民经济)?行业(类别|类型|分类|领域|门类|名称)?|所属行业.*", ""),
            (80, r".*行业(类别|类型|分类)|行业.*", ""),
            (60, r"企业类别|类别|监管类别", ""),
        ),
        lambda v: _read(normalise.sector(v)),
    ),
    "kind": Field(
        "企业类型",
        (
            (
                100,
                r"(企业|单位|公司)(类型|分类)|经营(方式|类型|性质)|(危险化学品|危化品)?(企业|单位|从业)(类型|类别)",
                "",
            ),
            (85, r"类型|(生产|生产经营|从业)(方式|类型)|企业类别|企业性质", ""),
            (60, r"(许可|单位|企业)(范围|方式|性质)|类别", ""),
        ),
        lambda v: _read(normalise.kind(v)),
    ),
    "licence_no": Field(
        "许可证编号",
        (
            (100, r".*许可证(书)?(编号|证号|号码|号|文号)?", ""),
            (95, r"编号|证号|证书(编号|号)|号码", r"许可|证"),
            (85, r"许可(证书)?(编号|文号|号)|(证书|证照|证件)(编号|号码?)|证号", ""),
        ),
        lambda v: not _read(normalise.until(v)) or fold(v) in normalise.NONE_WORDS,
        r"有效|期限|到期|日期|机关|范围|截止|是否",
    ),
    "licence_until": Field(
        "许可证有效期至",
        (
            (100, r".*(许可|证).*(有效|到期|届满|截止|失效).*", ""),
            (95, r"有效.*|到期.*|截止.*|届满.*", ""),
            (90, r"(许可证?|证书)期限", ""),
        ),
        lambda v: _read(normalise.until(v)),
        r"起始|开始|期起|自$|检验|检测|评价|预案|备案",
    ),
    "processes": Field(
        "危险化工工艺",
        (
            (100, r".*(化工|监管|危险).*工艺(名称|类型|种类|情况)?", ""),
            (95, r"名称|类型|种类", r"工艺"),
            (80, r"(涉及|主要)?(的)?工艺(名称|类型|种类)?", ""),
        ),
        _name_of,
        r"是否|数|自动化|套|管道|备案|人员",
    ),
    "chemicals": Field(
        "危险化学品名称",
        (
            (100, r".*(重点监管|涉及|储存|主要).*(化学品|危化品|危险品|物质|物料)(的)?(名称|品名|品种|种类)?", ""),
            (95, r"名称|品名|品种|种类|物质|物料|物质名称|物料名称|化学品(名称)?|危化品(名称)?", SUBSTANCE),
            (90, r"(危险)?(化学品|危化品|化学物质|危险品|危险物质)(名称|品名|品种|种类)?", ""),
            (80, r"(物质|物料|介质|品名|品种|产品)(名称)?", ""),
        ),
        _name_of,
        r"是否|数量|存量|储量|最大|许可|CAS|企业|单位|等级|工艺|证|UN",
    ),
    "cas": Field("CAS号", ((100, r".*CAS.*", ""),), _number),
    "quantity": Field(
        "最大存量",
        (
            (100, r".*(存量|储量|储存量|存储量|贮存量|在量|在线量|存放量|存有量)", ""),
            (95, r".*(最大量|设计量|最大数量|最大储存|最大存储)", ""),
            (85, r"数量|存量|最大|设计最大|实际|用量|量", SUBSTANCE),
            (60, r"(储存|存储)?数量", ""),
        ),
        _number,
        r"年|日|个|种类|重大危险源",
    ),
    "unit": Field(
        "计量单位", ((90, r"(计量|数量|存量)单位", ""), (75, r"单位", "")), lambda v: fold(v) in normalise.UNITS
    ),
    "major_level": Field(
        "重大危险源等级",
        (
            (100, r".*重大危险源.*(等级|级别|分级|定级).*", ""),
            (95, r"(最高)?(等级|级别|分级|级)", r"危险源"),
            (85, r"(构成|涉及)?重大危险源(情况)?|危险源(等级|级别)", ""),
        ),
        lambda v: _read(normalise.major_level(v)),
        r"数|备案|编号|名称|时间|日期|评估报告",
    ),
    "grade": Field(
        "风险等级",
        (
            (100, r"(企业)?(安全|生产|安全生产)?风险(评估)?(诊断)?(评估)?(等级|分级|级别|评级|颜色|定级)(结果)?", ""),
            (95, r"(等级|级别|分级|颜色|结果)", r"风险"),
            (90, r".*风险.*(等级|分级|级别|评级|颜色).*|.*(红橙黄蓝|四色).*", ""),
            (75, r"(诊断|评估)?分级(结果|等级)?|(企业|评估|诊断)等级|颜色", ""),
            (50, r"等级|级别", "^$"),
        ),
        lambda v: _read(normalise.grade(v)),
        r"重大危险源|信用|标准化",
    ),
    "employees": Field(
        "从业人数",
        (
            (100, r"(企业|单位)?(从业|职工|员工|用工|在岗|在职|在册)(人员)?(总)?(人?数|人员|数量|总量)量?", ""),
            (90, r"(总)?人数|人员(总)?数量?|职工|员工|(企业|单位)(总)?人数", ""),
        ),
        lambda v: _read(normalise.count(v)),
        r"安全|专职|女|注册|特种",
    ),
    "principal": Field(
        "主要负责人",
        (
            (100, r"(企业|单位)?主要负责人(姓名|名字)?", ""),
            (95, r"姓名|名字|人员", r"(主要)?负责人|法定代表人|法人"),
            (80, r"(企业|单位)?(负责人|第一责任人|法定代表人|法人代表|法人|总经理|厂长|站长)(姓名)?", ""),
            (50, r"联系人(姓名)?", ""),
            (85, r"主要负责人.*(电话|联系方式|手机)", ""),
        ),
        lambda v: not fold(v).isdigit(),
        r"安全|证|职务|学历|身份",
    ),
    "principal_phone": Field(
        "主要负责人手机",
        ((100, rf".*{PRINCIPAL}(人|姓名)?(的|联系)*{PHONE}", ""), (95, rf".*{PHONE}", PRINCIPAL)),
        _number,
        r"安全.*(责|管)|传真|^(.*及.*)$",
    ),
    "safety_officer": Field(
        "安全员",
        (
            (100, r"(企业|专职|兼职|单位)*安全(员|管理员|管理人员)(姓名|名字)?", ""),
            (95, r"姓名|名字|人员", r"安全"),
            (80, rf"(企业|单位)?{OFFICER}(姓名|名字)?", ""),
            (40, r"联系人(姓名)?", ""),
            (85, rf"{OFFICER}.*(电话|联系方式|手机)", ""),
        ),
        lambda v: not fold(v).isdigit(),
        r"数|证|职务|学历|身份",
    ),
    "safety_officer_phone": Field(
        "安全员手机",
        ((100, rf".*{OFFICER}(人|姓名)?(的|联系)*{PHONE}", ""), (95, rf".*{PHONE}", OFFICER)),
        _number,
        r"传真|^(.*及.*)$",
    ),
    "remark": Field("备注", ((100, r"备注.*|附注|备考", ""), (70, r"说明|其他(情况|说明)?|情况说明", ""))),
}
BARE_PHONE = re.compile(rf"(联系人?)?{PHONE}")
PEOPLE = ("principal", "safety_officer")
LIST_FIELDS = ("chemicals", "cas", "quantity", "unit")
"""Fields of the substance's line. A sheet may repeat them side by side (化学品1, 存量1, 化学品2, 存量2): chemicals.2, quantity.2 …"""


@dataclass(frozen=True)
class Mapping:
    """Where the ledger stands in a workbook and which column is which field."""

    sheet: str
    header_row: int
    """Excel number of the header's last row; the data begin below it."""
    columns: dict[str, int]
    """Field → column, 0 = A."""
    headers: tuple[str, ...]
    """The header of each column, group and own text joined by a slash."""
    hidden: tuple[int, ...] = ()
    rivals: dict[str, list[int]] = field(default_factory=dict)
    """Field → other columns whose name would also do."""

    @property
    def unmapped(self) -> list[int]:
        """Columns with a header that no field takes."""
        used = set(self.columns.values())
        return [column for column, header in enumerate(self.headers) if header and column not in used]

    @property
    def signature(self) -> str:
        """The same for every sheet with these headers in this order; under it a mapping can be remembered."""
        return hashlib.sha256("\n".join(map(fold, self.headers)).rstrip("\n").encode()).hexdigest()

    def with_columns(self, columns: Table[str, int | None]) -> "Mapping":
        """The same sheet with the columns somebody chose. ValueError on an unknown field, a column that is not there or used twice."""
        chosen = {name: column for name, column in columns.items() if column is not None}
        for name, column in chosen.items():
            if name.partition(".")[0] not in FIELDS or (
                name not in FIELDS and name.partition(".")[0] not in LIST_FIELDS
            ):
                raise ValueError(f"没有“{name}”这个字段。")
            if not 0 <= column < len(self.headers):
                raise ValueError(f"“{label(name)}”所选的列不在表格里。")
        if len(set(chosen.values())) < len(chosen):
            raise ValueError("同一列不能对应两个字段。")
        return replace(self, columns=chosen)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Mapping":
        return cls(**data | {"headers": tuple(data["headers"]), "hidden": tuple(data["hidden"])})


def label(name: str) -> str:
    """The Chinese label of a field, also of a repeated one: chemicals.2 → 危险化学品名称2."""
    stem, _, number = name.partition(".")
    return FIELDS[stem].label + number


def find_ledger(workbook: Workbook) -> Mapping:
    """The sheet that looks most like a ledger. NoHeader when none does."""
    found = ledgers(workbook)
    if not found:
        raise NoHeader("没有找到表头：工作簿里没有一张表的表头含有“企业名称”和“统一社会信用代码”。请检查后再上传。")
    return found[0]


def ledgers(workbook: Workbook) -> list[Mapping]:
    """Every sheet with a ledger's header, likeliest first: by header, then by rows; hidden and sample sheets last."""
    ranked = []
    for sheet in workbook.sheets:
        found = _map(sheet)
        if found:
            score, mapping = found
            shadow = not sheet.visible or bool(re.search(r"样表|示例|模板|范例|说明|旧|作废|备份", sheet.name))
            filled = sum(any(tidy(v) for v in row) for row in sheet.rows[mapping.header_row :])
            ranked.append((filled == 0, shadow, -round(score / 100), -filled, len(ranked), mapping))
    return [entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:-1])]


def examples(sheet: Sheet, mapping: Mapping, column: int, count: int = 3) -> list[str]:
    """The first few different values of a column, as written."""
    found = dict.fromkeys(tidy(sheet.own(row, column)) for row in range(mapping.header_row, len(sheet.rows)))
    return [value for value in found if value][:count]


def _map(sheet: Sheet) -> tuple[float, Mapping] | None:
    """The best reading of a sheet's first rows as a header of one to three rows."""
    best: tuple[float, int, int] | None = None
    for bottom in range(min(DEEPEST_HEADER, len(sheet.rows))):
        for height in range(1, min(3, bottom + 1) + 1):
            score = _promise(_paths(sheet, bottom, height))
            if score and (best is None or score > best[0]):
                best = (score, bottom, height)
    if best is None:
        return None
    _, bottom, height = best
    paths = _paths(sheet, bottom, height)
    columns, rivals, score = _assign(sheet, paths, bottom + 1)
    if "name" not in columns and "code" not in columns:
        return None
    headers = tuple("/".join(part for part in path if part) for path in paths)
    hidden = tuple(sorted(column for column in sheet.hidden_columns if column < len(headers)))
    return score, Mapping(sheet.name, bottom + 1, columns, headers, hidden, rivals)


Path = tuple[str, str]
"""(group headers above, the column's own header)"""


def _paths(sheet: Sheet, bottom: int, height: int) -> list[Path]:
    width = sheet.width
    above: list[list[str]] = [[] for _ in range(width)]
    own = [tidy(sheet.shown(bottom, column)) for column in range(width)]
    for row in range(bottom - height + 1, bottom):
        texts = _group_row(sheet, row, own)
        for column, text in enumerate(texts):
            if text and text != own[column] and text not in above[column]:
                if own[column]:
                    above[column].append(text)
                else:
                    own[column] = text
    return [("/".join(groups), text) for groups, text in zip(above, own, strict=True)]


def _group_row(sheet: Sheet, row: int, below: Sequence[str]) -> list[str]:
    """The group header over each column, carried to the right where nobody merged it; titles over the whole table left out."""
    width = sheet.width
    texts: list[str] = []
    for column in range(width):
        first = sheet.merges.get((row, column), (row, column))
        text = tidy(sheet.own(*first))
        if sheet.spans.get(first, 1) > max(width * 0.6, 4):
            text = ""
        elif not text and column and below[column] and (row, column) not in sheet.merges:
            left = sheet.spans.get(sheet.merges.get((row, column - 1), (row, column - 1)), 1)
            text = texts[-1] if left == 1 and below[column - 1] and texts[-1] != below[column - 1] else ""
        texts.append(text)
    return texts if len({t for t in texts if t}) > 1 else [""] * width


def _promise(paths: Iterable[Path]) -> float:
    """How much a row looks like a ledger's header: the sum of each field's best score; 0 when it does not at all."""
    best: dict[str, float] = {}
    for path in paths:
        for name, score in _scores(*path):
            best[name] = max(best.get(name, 0), score)
    named = {name for name, score in best.items() if score >= ENOUGH}
    return sum(best.values()) if named & {"name", "code"} and len(named) >= 3 else 0


def _bare(header: str) -> str:
    """A header without brackets, numbering, stars and qualifiers that say nothing."""
    folded = re.sub(r"\(.*?\)|\[.*?\]|【.*?】|[*:★\"“”'、。]|^\d+[.、]", "", fold(header))
    return (
        re.sub(r"^(涉及的?|企业所属|是否为)(?=.{2})", lambda m: "是否" if m[0].startswith("是否") else "", folded)
        or folded
    )


@lru_cache(maxsize=4096)
def _scores(group: str, own: str) -> tuple[tuple[str, int], ...]:
    """Every field the header could mean, with its score."""
    if not own or len(own) > 40:
        return ()
    bare = re.sub(r"[\d①-⑳一二三四五]$", "", _bare(own)) or _bare(own)
    above = "/".join(_bare(part) for part in group.split("/"))
    found = []
    for name, entry in FIELDS.items():
        if entry.never and re.search(entry.never, bare):
            continue
        fitting = [s for s, pattern, over in entry.rules if re.fullmatch(pattern, bare) and re.search(over, above)]
        if fitting:
            found.append((name, max(fitting)))
    return tuple(found)


def _assign(sheet: Sheet, paths: list[Path], first: int) -> tuple[dict[str, int], dict[str, list[int]], float]:
    """Give each field its best column: by header, then by how well the first rows fit."""
    offers = []
    for column, path in enumerate(paths):
        for name, by_name in _scores(*path):
            score: float = by_name + _fit(FIELDS[name], sheet, column, first)
            if column in sheet.hidden_columns:
                score -= 20
            if score >= ENOUGH:
                offers.append((-score, column, name))
    columns: dict[str, int] = {}
    rivals: dict[str, list[int]] = {}
    total = 0.0
    for negative, column, name in sorted(offers):
        if name in columns:
            rivals.setdefault(name, []).append(column)
        elif column not in columns.values():
            columns[name] = column
            total -= negative
    _phones(paths, columns)
    _repeated(paths, columns)
    rivals = {name: [c for c in rest if c not in columns.values()] for name, rest in rivals.items()}
    return columns, {name: rest for name, rest in rivals.items() if rest}, total


def _fit(entry: Field, sheet: Sheet, column: int, first: int) -> float:
    """+10 when all of the first values could be the field's, −60 when none could."""
    if entry.fits is None:
        return 0
    values = [sheet.own(row, column) for row in range(first, min(first + 60, len(sheet.rows)))]
    values = [
        value for value in values if not normalise.says_nothing(fold(value)) and fold(value) not in normalise.NONE_WORDS
    ]
    if not values:
        return 0
    share = sum(map(entry.fits, values)) / len(values)
    return -60 if share == 0 and len(values) >= 3 else 10 * share


def _phones(paths: list[Path], columns: dict[str, int]) -> None:
    """A column headed only 手机 or 联系电话 belongs to the person in the nearest column to its left."""
    for column, (_, own) in enumerate(paths):
        if column in columns.values() or not BARE_PHONE.fullmatch(_bare(own)):
            continue
        left = max((c for p in PEOPLE if (c := columns.get(p, -1)) < column), default=-1)
        for person in PEOPLE:
            if columns.get(person, -1) == left >= 0 and f"{person}_phone" not in columns:
                columns[f"{person}_phone"] = column


def _repeated(paths: list[Path], columns: dict[str, int]) -> None:
    """Substances side by side: columns headed like the substance's own columns, apart from a number, come in further sets."""
    stems = [re.sub(r"\d+$", "", "/".join(map(_bare, path))) for path in paths]
    for name in LIST_FIELDS:
        if name in columns:
            again = [c for c, stem in enumerate(stems) if stem == stems[columns[name]] and c not in columns.values()]
            for number, column in enumerate(again, 2):
                columns[f"{name}.{number}"] = column
