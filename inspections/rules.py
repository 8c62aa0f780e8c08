"""How often a plant is visited, as pure dates (handbook §7)."""

from datetime import date

# 检查频次: visits a year by 风险等级 (handbook §7); a city sets its own from a day on (FrequencySetting).
PRESSED = "S"  # 停产停业整顿 or 挂牌督办, whatever the grade
VISITS_A_YEAR: dict[str, int] = {"D": 12, "C": 6, "B": 4, "A": 2, PRESSED: 12}

WORDS = {1: "每月", 2: "每两个月", 3: "每季度", 6: "每半年", 12: "每年"}
TIMES = {12 // months: word for months, word in WORDS.items()}


def frequency(city: dict[str, int] | None = None) -> dict[str, int]:
    """Months between visits by grade, the city's visits a year before the defaults. Raises ValueError where they do not divide a year."""
    visits = VISITS_A_YEAR | {grade: times for grade, times in (city or {}).items() if grade in VISITS_A_YEAR}
    for grade, times in visits.items():
        if times not in TIMES:
            raise ValueError(f"{grade}级检查频次须为每年1、2、4、6或12次，不能是{times}次")
    return {grade: 12 // times for grade, times in visits.items()}


def period_start(on: date, months: int) -> date:
    """First day of the calendar period of so many months (1, 2, 3, 6 or 12) that `on` lies in."""
    return date(on.year, (on.month - 1) // months * months + 1, 1)


def period_name(on: date, months: int) -> str:
    """The period as people say it: 11月, 11—12月, 2026年."""
    first = period_start(on, months).month
    if months == 12:
        return f"{on.year}年"
    return f"{first}月" if months == 1 else f"{first}—{first + months - 1}月"
