"""What a cell of a 隐患台账 means, whatever way it was typed. Nothing is guessed: what has two readings has none."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from enterprises.ledger.normalise import (
    COMPACT,
    DATE,
    INVISIBLE,
    SERIAL,
    Reading,
    as_written,
    fold,
    says_nothing,
    tidy,
)
from enterprises.ledger.read import Value

DIGITS = {
    sign: str(n)
    for n, signs in enumerate(("〇○Ｏ零", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for sign in signs
}
IN_WORDS = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})(?=日|号|$)"
)
MONTH_ALONE = re.compile(r"\d{4}[年\-/.]\d{1,2}月?")
YEARLESS = re.compile(r"\d{1,2}[月\-/.]\d{1,2}(日|号)?")
SPAN = re.compile(r"(至|到|—|–|-|~|～)\s*\d")
OLDEST = date(2000, 1, 1)
EPOCH = date(1899, 12, 30)  # Excel's day 0


def number(word: str) -> int:
    """九 → 9, 十二 → 12, 三十一 → 31."""
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return int("".join(DIGITS[sign] for sign in word))
    return (int(DIGITS[tens]) if tens else 1) * 10 + (int(DIGITS[ones]) if ones else 0)


def in_figures(text: str) -> str:
    """二〇二六年九月一日 → 2026年9月1日; what is not a whole date in words stays."""

    def plain(found: re.Match) -> str:
        year = "".join(DIGITS[sign] for sign in found[1])
        return f"{year}年{number(found[2])}月{number(found[3])}"

    return IN_WORDS.sub(plain, text)


def day(value: Value) -> Reading[date]:
    """The one day a cell names: a date, Excel's number of a day, 2026.9.1, 20260901, 二〇二六年九月一日. Of a span its first."""
    if isinstance(value, datetime):
        return Reading(value.date())
    if isinstance(value, date):
        return Reading(value)
    folded = fold(value)
    if says_nothing(folded):
        return Reading(None)
    try:
        if folded.isdigit() and len(folded) == 5 and int(folded) in SERIAL:
            return Reading(EPOCH + timedelta(days=int(folded)))
        spaced = in_figures(unicodedata.normalize("NFKC", tidy(value)))
        found = DATE.findall(spaced) or COMPACT.findall(spaced)
        days = {date(*map(int, parts)) for parts in found}
    except (ValueError, OverflowError, KeyError):
        return Reading(None, "不是一个存在的日期")
    if days:
        span = len(days) > 1 or SPAN.search(DATE.sub("", spaced, count=1))
        return Reading(min(days), "写了不止一天，按最早的一天记" if span else "")
    if MONTH_ALONE.fullmatch(folded):
        return Reading(None, "只写到月，请写明日期")
    return Reading(None, "没有写年份" if YEARLESS.fullmatch(folded) else "无法识别为日期")


YES, NO = {"是", "√", "✓", "✔", "Y", "YES", "1", "有"}, {"否", "×", "✗", "X", "N", "NO", "0", "无", "不是"}
MAJOR = re.compile(r"重大(生产)?(安全)?(事故)?(隐患)?")
GENERAL = re.compile(
    r"一般(生产)?(安全)?(事故)?(隐患|问题)?|非重大(生产)?(安全)?(事故)?(隐患)?|不(构成|属于|是)重大(事故)?隐患"
)


def level(value: Value, header: str) -> Reading[str]:
    """general or major, the two that the law knows (安全生产法第41条); a yes or no by what its header asks."""
    folded = fold(value)
    if GENERAL.fullmatch(folded):
        return Reading("general")
    if MAJOR.fullmatch(folded):
        return Reading("major")
    if "是否" in header and "重大" in header and folded in YES | NO:
        return Reading("major" if folded in YES else "general")
    return Reading(None, "" if says_nothing(folded) else "法定只有一般和重大两级")


ACCIDENTS = {
    "fire": r"火灾|着火|燃烧",
    "explosion": r"爆炸|爆燃|闪爆",
    "leak": r"泄漏|泄露|渗漏",
    "poisoning": r"中毒|窒息",
}


def accident_type(value: Value) -> Reading[str]:
    """The first that is named; 触电, 坠落 and whatever else is none of the four are `other`."""
    folded = fold(value)
    named = sorted((found.start(), kind) for kind, words in ACCIDENTS.items() if (found := re.search(words, folded)))
    if not named:
        return Reading("other")
    return Reading(named[0][1], "有多种事故类型，按第一种记" if len(named) > 1 else "")


CLOSED = re.compile(r"销号|闭环|办结|(复查|验收|复核)已?(合格|通过)")
NOT_YET = re.compile(r"(未|待|不|拟|尚|没|申请)[^，。；,;]{0,4}(销号|闭环|办结|合格|通过)")


def says_closed(value: Value, header: str = "") -> bool:
    """Whether the words say that it was closed after a recheck; 已整改 alone does not."""
    folded = fold(value)
    asked = re.search(r"是否.*(销号|闭环|办结)", header)
    return bool((asked and folded in YES) or (CLOSED.search(folded) and not NOT_YET.search(folded)))


def lines(value: Value) -> str:
    """Text of several lines as it was written, without what cannot be seen."""
    text = INVISIBLE.sub("", as_written(value)).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())
