"""What a cell means, whatever way it was typed. Every reader takes the raw cell and gives a `Reading`."""

import calendar
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from enterprises.rules.gb18218 import MOST_TONNES

from .read import Value

T = TypeVar("T")


class Reading(NamedTuple, Generic[T]):
    value: T | None
    doubt: str = ""
    """What the user should look at, as a Chinese clause; "" when there is no doubt."""
    denied: bool = False
    """The cell says in words that there is none (无, 不构成, 长期), which is more than being empty."""


# ---- text

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|_x000D_")
FULL_WIDTH = {code: code - 0xFEE0 for a, b in ("09", "AZ", "az") for code in range(ord(a) + 0xFEE0, ord(b) + 0xFEE1)}
BESIDE_HAN = re.compile(r"(?<=[\u3400-\u9fff（）〔〕]) +| +(?=[\u3400-\u9fff（）〔〕])")
STROKES = {"", "/", "\\", "-", "--", "---", "—", "——", "一一", "_", "*", ".", "。", "、", "…", "……", "//", "?", "??"}
NONE_WORDS = {
    "无",
    "没有",
    "无此项",
    "暂无",
    "不涉及",
    "未涉及",
    "不适用",
    "不构成",
    "未构成",
    "非重大危险源",
    "无重大危险源",
}
NONE_WORDS |= {"否", "不存在", "N/A", "NA", "NONE", "NULL", "(无)"}
UNKNOWN_WORDS = {"不详", "未知", "待定", "待补充", "待核实", "待评估", "未评估", "未定级", "未分级", "未评定"}
ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}


def as_written(value: Value) -> str:
    """The cell as text, as its author sees it."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        # 15 digits are all that Excel keeps; more would show 0.30000000000000004
        return format(Decimal(f"{value:.15g}"), "f") if value == value and abs(value) < 1e30 else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


@lru_cache(maxsize=1 << 15, typed=True)
def tidy(value: Value) -> str:
    """Text for people: full-width letters and digits made half-width, no stray spaces; punctuation stays as written."""
    text = INVISIBLE.sub("", as_written(value)).translate(FULL_WIDTH)
    text = BESIDE_HAN.sub("", " ".join(text.split()))
    return "" if text.upper() in ERRORS else text


@lru_cache(maxsize=1 << 16, typed=True)
def fold(value: Value) -> str:
    """Text for comparing: NFKC, upper case, no spaces at all."""
    return "".join(unicodedata.normalize("NFKC", INVISIBLE.sub("", as_written(value))).split()).upper()


def says_nothing(folded: str) -> bool:
    return folded in STROKES or folded in UNKNOWN_WORDS or folded in ERRORS


def text(value: Value, limit: int) -> Reading[str]:
    """Tidied text of at most `limit` signs."""
    found, folded = tidy(value), fold(value)
    if says_nothing(folded):
        return Reading(None)
    if folded in NONE_WORDS:
        return Reading(None, denied=True)
    if len(found) > limit:
        return Reading(found[:limit], f"超过{limit}字，只取前{limit}字")
    return Reading(found)


def outside_brackets(value: str, separators: str) -> list[str]:
    """Split at any of the signs that stands outside brackets; a comma inside 1,3-丁二烯 or N,N-二甲基 stays."""
    parts, depth = [""], 0
    for i, sign in enumerate(value):
        if sign in "(（[【":
            depth += 1
        elif sign in ")）]】":
            depth = max(depth - 1, 0)
        locant = sign in ",，" and re.search(r"[0-9０-９N'’]$", value[:i]) and re.match(r"[0-9０-９N]", value[i + 1 :])
        if sign in separators and depth == 0 and not locant:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


NUMBERING = re.compile(r"(?:^|(?<=[\s、，；;]))(?:[(（]?\d{1,2}[)）]|\d{1,2}[.．、](?!\d))\s*")


def several(value: Value) -> list[str]:
    """The items of a cell that lists several, one a line or with 、，；; / | between them, numbered or not."""
    plain = NUMBERING.sub("\n", as_written(value))
    items = [tidy(part) for part in outside_brackets(plain, "\n\r、,，；;/|")]
    return [item for item in items if not says_nothing(fold(item)) and fold(item) not in NONE_WORDS]


# ---- codes and phones

COPY_NUMBER = re.compile(r"\(\d+[-/]\d+\)$")  # 副本编号, printed behind the code on a licence's copies
NOT_CODE = re.compile(r"[^0-9A-Z\u0080-\U0010ffff]")


def code(value: Value) -> str:
    """统一社会信用代码 in upper case without spaces, dashes and quotes; not yet checked."""
    folded = COPY_NUMBER.sub("", fold(value))
    return "" if says_nothing(folded) or folded in NONE_WORDS else NOT_CODE.sub("", folded)


MOBILE = re.compile(r"(?<!\d)(?:\+?86-?|0086-?)?(1[3-9]\d)[-.]?(\d{4})[-.]?(\d{4})(?!\d)")
LANDLINE = re.compile(r"(?<!\d)(?:\(?(0\d{2,3})\)?-?)?([2-9]\d{6,7})(?:(?:-|转)(\d{1,6}))?(?!\d)")


def phone(value: Value) -> Reading[str]:
    """A mobile number as 11 digits, or a landline as 0591-12345678."""
    folded = fold(value).replace("—", "-").replace("–", "-")
    if says_nothing(folded):
        return Reading(None)
    if folded in NONE_WORDS:
        return Reading(None, denied=True)
    found = ["".join(m.groups()) for m in MOBILE.finditer(folded)]
    found = found or ["-".join(part for part in m.groups() if part) for m in LANDLINE.finditer(folded)]
    if not found:
        return Reading(tidy(value)[:20], "不像电话号码，按原样保留")
    return Reading(found[0], "有多个号码，只取第一个" if len(set(found)) > 1 else "")


def person(value: Value) -> tuple[Reading[str], str]:
    """A name, and the mobile number that some write into the same cell."""
    number = MOBILE.search(fold(value))
    if not number:
        return text(value, 40), ""
    name = re.split(r"[(（]?(?:手机|电话|联系|\+?\d)", tidy(value))[0].strip(" :：、,，/-(（")
    return text(name, 40), "".join(number.groups())


# ---- numbers

NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(E[+-]?\d{1,2})?"
UNITS = dict.fromkeys(("T", "吨", "公吨", "TON", "TONS"), Decimal(1)) | {
    "KG": Decimal("0.001"),
    "千克": Decimal("0.001"),
    "公斤": Decimal("0.001"),
    "G": Decimal("0.000001"),
    "克": Decimal("0.000001"),
    "千吨": Decimal(1000),
    "万吨": Decimal(10000),
}
UNIT = "(" + "|".join(sorted(UNITS, key=len, reverse=True)) + ")"
ONE = re.compile(
    rf"(约|大约|近|≤|<=|<|≦|不大于|不超过|小于|低于|最大|合计|共)?(?:为)?{NUMBER}\(?{UNIT}?\)?(左右|以内|以下|余|多|/年|/A)?"
)
SPAN = re.compile(rf"{NUMBER}{UNIT}?(?:-|~|～|—|–|至|到){NUMBER}{UNIT}?")
FOUR_PLACES = Decimal("0.0001")


def unit_in(header: str) -> str:
    """The unit a column's header names (最大存量（kg）), or ""."""
    folded = fold(header)
    found = re.search(rf"[(\[/:,]{UNIT}(?![A-Z])|(?<![A-Z]){UNIT}$", folded)
    return (found[1] or found[2]) if found else ""


def quantity(value: Value, unit: str = "") -> Reading[Decimal]:
    """A mass in 吨 (4 places), from a cell with or without its own unit; `unit` is the column's, 吨 when it has none."""
    folded = fold(value)
    if says_nothing(folded):
        return Reading(None)
    if folded in NONE_WORDS:
        return Reading(None, denied=True)
    doubt = ""
    if whole := ONE.fullmatch(folded):
        about, number, power, own, after = whole.groups()
        if about or after:
            doubt = "不是确数，按所写数字取值"
        if after in ("/年", "/A"):
            doubt = "像是年用量而不是最大存量，请核对"
    elif span := SPAN.fullmatch(folded):
        # The ledger asks for the design maximum (GB 18218-2018 4.2.2), so the upper end of a range is meant.
        number, power, own = span[4], span[5], span[6] or span[3]
        doubt = "是一个范围，按上限取值"
    else:
        return Reading(None, "无法识别为重量，没有取值")
    tonnes = Decimal(number.replace(",", "") + (power or "")) * UNITS[own or unit or "吨"]
    if tonnes > MOST_TONNES:
        return Reading(None, "数值过大，没有取值，请核对单位")
    if tonnes > 1_000_000:
        doubt = doubt or "数值异常大，请核对单位"
    rounded = tonnes if tonnes == round(tonnes, 4) else tonnes.quantize(FOUR_PLACES, ROUND_HALF_UP)
    if tonnes and not rounded:
        return Reading(None, "不足0.0001吨，没有取值")
    return Reading(rounded, doubt)


def count(value: Value) -> Reading[int]:
    """A number of people: 287, 287人, 约50人."""
    folded = fold(value)
    if says_nothing(folded):
        return Reading(None)
    if folded in NONE_WORDS:
        return Reading(None, denied=True)
    found = re.fullmatch(
        r"(约|大约|近)?(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?(?:人|名|个)?(左右|余|多)?(\(.*\))?(?:人|名)?", folded
    )
    if not found:
        return Reading(None, "无法识别为人数，没有取值")
    number = int(found[2].replace(",", ""))
    if number > 1_000_000:
        return Reading(None, "人数过大，没有取值")
    return Reading(number, "不是确数，按所写数字取值" if found[1] or found[3] else "")


DEGREES = re.compile(
    r"[EN东北]?(?:经|纬)?[:]?(\d{1,3}(?:\.\d+)?)(?:°|度|D)?(?:(\d{1,2}(?:\.\d+)?)(?:′|'|分|’))?(?:(\d{1,2}(?:\.\d+)?)(?:″|\"|''|秒|”|′′|’’))?[EN]?"
)


def degrees(value: Value, low: int, high: int) -> Reading[Decimal]:
    """A longitude or latitude in decimal degrees (6 places), from 119.0557, 119°3′21″ or E119.0557."""
    folded = fold(value)
    if says_nothing(folded) or folded in NONE_WORDS:
        return Reading(None)
    found = DEGREES.fullmatch(folded)
    if not found:
        return Reading(None, "无法识别为经纬度，没有取值")
    whole, minutes, seconds = (Decimal(part or 0) for part in found.groups())
    angle = (whole + minutes / 60 + seconds / 3600).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    if not low <= angle <= high:
        return Reading(None, f"不在{low}°～{high}°之间，没有取值")
    return Reading(angle)


SYSTEMS = {
    "BD-09": r"BD-?0?9|百度",
    "GCJ-02": r"GCJ-?0?2|火星|国测局|高德|腾讯|谷歌|AMAP",
    # CGCS2000 differs from WGS-84 by centimetres.
    "WGS-84": r"WGS-?(19)?84|84坐标|GPS|北斗|CGCS-?2000|(国家)?2000(国家)?(大地)?坐标|天地图",
}


def system(value: Value) -> Reading[str]:
    """The coordinate system a cell or a header names: WGS-84, GCJ-02 or BD-09."""
    folded = fold(value).replace("_", "-")
    if says_nothing(folded) or folded in NONE_WORDS:
        return Reading(None)
    found = [name for name, words in SYSTEMS.items() if re.search(words, folded)]
    if len(found) == 1:
        return Reading(found[0])
    return Reading(None, "写了不止一种坐标系，没有取值" if found else "无法识别的坐标系，没有取值")


# ---- dates

FOREVER = re.compile(r"长期.*|永久.*|永续.*|无(固定)?期限|无限期|无有效期(限)?|不限")
DATE = re.compile(r"(?<!\d)(\d{4})\s*[年\-/.\\]\s*(\d{1,2})\s*[月\-/.\\]\s*(\d{1,2})(?!\d)")
COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
MONTH = re.compile(r"(\d{4})(?:年|-|/|\.)(\d{1,2})月?(?:底|末)?")
SERIAL = range(20_000, 80_000)  # Excel's day numbers for 1954–2119


def until(value: Value) -> Reading[date]:
    """The day a licence runs out; of a span, its end. 长期 is `denied` (it has no such day)."""
    if isinstance(value, datetime):
        return Reading(value.date())
    if isinstance(value, date):
        return Reading(value)
    folded = fold(value)
    if says_nothing(folded):
        return Reading(None)
    if folded in NONE_WORDS or FOREVER.fullmatch(folded):
        return Reading(None, denied=True)
    try:
        if folded.isdigit() and len(folded) == 5 and int(folded) in SERIAL:
            return Reading(date(1899, 12, 30) + timedelta(days=int(folded)))
        spaced = unicodedata.normalize("NFKC", tidy(value))
        days = [date(*map(int, found)) for found in DATE.findall(spaced) or COMPACT.findall(spaced)]
        if re.search(r"(至|到|-|—|~|～)长期", folded):
            return Reading(None, denied=True)
        if days:
            return Reading(max(days))
        if month := MONTH.fullmatch(folded):
            year, number = int(month[1]), int(month[2])
            end = calendar.monthrange(year, number)[1]
            return Reading(date(year, number, end), "只写到月，按当月最后一日取值")
    except (ValueError, OverflowError, calendar.IllegalMonthError):
        pass
    return Reading(None, "无法识别为日期，没有取值")


# ---- closed vocabularies

NUMERALS = {
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "1": 1,
    "2": 2,
    "3": 3,
    "4": 4,
    "I": 1,
    "II": 2,
    "III": 3,
    "IV": 4,
    "1V": 4,
}
LEVELS = {1: "一级", 2: "二级", 3: "三级", 4: "四级"}
COLOURS = {"蓝": "A", "黄": "B", "橙": "C", "红": "D"}
RISKS = {"低": "A", "一般": "B", "较大": "C", "重大": "D"}


def grade(value: Value) -> Reading[str]:
    """风险等级 as A–D (A 蓝, D 红 is worst), from a letter, a colour, both, or the risk's name."""
    folded = fold(value)
    if says_nothing(folded) or folded in NONE_WORDS:
        return Reading(None)
    rest = re.sub(r"安全|风险|等级|级|类|色|[()\[\]、/:,\-]", "", folded)
    meant = {COLOURS[sign] for sign in rest if sign in COLOURS} | {sign for sign in rest if sign in "ABCD"}
    meant |= {letter for name, letter in RISKS.items() if folded.startswith(name)}
    if len(meant) == 1 and not re.sub(r"[ABCD蓝黄橙红低一般较大重]", "", rest):
        return Reading(meant.pop())
    if rest in NUMERALS:
        # 国务院安委办〔2016〕3号: the risk's four degrees, from the greatest down, are red, orange, yellow, blue.
        letter = "DCBA"[NUMERALS[rest] - 1]
        return Reading(letter, f"按一级（红）最高理解为{letter}级，请核对")
    return Reading(None, "风险等级前后矛盾，没有取值" if len(meant) > 1 else "无法识别的风险等级，没有取值")


def major_level(value: Value) -> Reading[str]:
    """重大危险源等级 as 一级–四级; of several, the worst."""
    folded = fold(value)
    if says_nothing(folded):
        return Reading(None)
    if folded in NONE_WORDS or re.match(r"(不|未|没有?|无)(构成|涉及)?.*", folded) or folded == "0":
        return Reading(None, denied=True)
    rest = re.sub(r"危险化学品|重大危险源|构成|共?\d+[个处]|等级|级别|第", "", folded)
    found = {NUMERALS[part] for part in re.split(r"级|[、,;/+()和及:]", rest) if part in NUMERALS}
    strange = [part for part in re.split(r"级|[、,;/+()和及:]", rest) if part and part not in NUMERALS]
    if not found or strange:
        return Reading(None, "无法识别的重大危险源等级，没有取值")
    return Reading(LEVELS[min(found)], "有多个等级，取最高的" if len(found) > 1 else "")


SECTORS = [
    ("危险化学品", r"危险?化(学品)?|危险品|危货"),
    ("医药", r"医药|制药|药业|药品|药物|原料药|化学药|^C?27\d*$"),
    ("化工", r"化工|化学|化肥|农药|涂料|^C?26\d*$"),
    ("危险化学品", r"油气|燃气|天然气|气体|石油|成品油|加油|加气|管道"),
]


def sector(value: Value) -> Reading[str]:
    """行业类别: 危险化学品, 医药 or 化工, the first that is named (医药化工 is 医药)."""
    folded = fold(value)
    if says_nothing(folded) or folded in NONE_WORDS:
        return Reading(None)
    for name, words in SECTORS:
        if re.search(words, folded):
            return Reading(name)
    return Reading(None, "无法识别的行业类别，没有取值")


KINDS = {
    "油气管道": r"管道|管线|长输|输油|输气",
    "生产": r"生产|制造|制药",
    "储存": r"储存|仓储|储运|贮存|存储|库区|油库",
    "使用": r"使用|用户",
    "经营": r"经营|销售|批发|零售|贸易|加油|加气|充装",
    "运输": r"运输|物流|配送|货运",
}


def kind(value: Value) -> Reading[str]:
    """企业类型; of several, the one that comes first in KINDS, with a doubt."""
    folded = fold(value)
    if says_nothing(folded) or folded in NONE_WORDS:
        return Reading(None)
    bare = re.sub(r"生产经营单位|危险化学品|企业|单位|类型?|型|\(.*?\)", "", folded)
    bare = (
        "经营" if bare in ("带储存设施经营", "经营带储存", "经营带储存设施", "不带储存设施经营", "无储存经营") else bare
    )
    found = [name for name, words in KINDS.items() if re.search(words, bare)]
    if not found:
        return Reading(None, "无法识别的企业类型，没有取值")
    return Reading(found[0], f"有多种类型，按“{found[0]}”取值" if len(found) > 1 else "")
