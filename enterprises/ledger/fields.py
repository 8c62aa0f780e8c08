"""The fields of a ledger, and the headers they go by in the cities' workbooks."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from . import normalise, uscc
from .normalise import fold
from .read import Value

Rule = tuple[int, str, str]
"""Score, pattern of the column's own header, pattern of the group header above it ("" = any)."""


@dataclass(frozen=True)
class Field:
    label: str
    rules: tuple[Rule, ...]
    fits: Callable[[Value], bool] | None = None
    """Could this cell be one of the field's values?"""
    never: str = ""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """What the columns of one kind of sheet can be, and how such a sheet is known."""

    fields: Mapping[str, Field]
    key: tuple[frozenset[str], ...]
    """Of each of these sets one field at least has its column, or it is another sheet."""
    lists: tuple[str, ...] = ()
    """Fields that a sheet may repeat side by side (化学品1, 存量1, 化学品2, 存量2): chemicals.2, quantity.2 …"""
    people: tuple[str, ...] = ()

    def knows(self, found: Collection[str]) -> bool:
        return all(not one.isdisjoint(found) for one in self.key)


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
        lambda v: len(fold(v)) > 2 and not fold(v).replace(".", "").isdigit(),
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
            (95, r"(所属|所在)(县|区|地区|市区|街道|地市).*", ""),
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
    "coordinates": Field(
        "经纬度",
        ((100, r".*经纬度.*", ""), (80, r"(地理|位置|百度|高德|腾讯|GPS|北斗)?(地图)?坐标(点|值)?", "")),
        _number,
    ),
    "coordinates_in": Field(
        "坐标系",
        ((100, r"(大地|地理|经纬度)?坐标(系|系统|系名称|类型)", ""), (80, r"坐标(来源|基准)", "")),
        lambda v: _read(normalise.system(v)),
    ),
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
            (60, r"(单位|企业)(方式|性质)|类别", ""),
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
            (95, r".*(最大(储存|存储|存放|在线|设计)?数?量|设计量|最大储存|最大存储)", ""),
            (85, r"数量|存量|最大|设计最大|实际|用量|量", SUBSTANCE),
            (60, r"(储存|存储)?数量", ""),
        ),
        _number,
        r"年|日|个|种类|重大危险源",
    ),
    "unit": Field(
        "计量单位", ((90, r"(计量|数量|存量)单位", ""), (65, r"单位", "")), lambda v: fold(v) in normalise.UNITS
    ),
    "major_level": Field(
        "重大危险源等级",
        (
            (100, r".*重大危险源.*(等级|级别|分级|定级).*", ""),
            (95, r"(最高)?(等级|级别|分级|级)", r"危险源"),
            (85, r"(构成|涉及)?重大危险源(情况)?|危险源(等级|级别)", ""),
            (50, r"等级|级别", "^$"),
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
        lambda v: _read(normalise.grade(v)) and not normalise.grade(v).doubt,
        r"重大危险源|信用|标准化",
    ),
    "employees": Field(
        "从业人数",
        (
            (100, r"(企业|单位)?(从业|职工|员工|用工|在岗|在职|在册)+(人员)?(总)?(人?数|人员|数量|总量)量?", ""),
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
"""Fields of the substance's line."""
ENTERPRISES = Vocabulary(FIELDS, (frozenset({"name", "code"}),), LIST_FIELDS, PEOPLE)


def label(name: str) -> str:
    """The Chinese label of a field, also of a repeated one: chemicals.2 → 危险化学品名称2."""
    stem, _, number = name.partition(".")
    return FIELDS[stem].label + number
