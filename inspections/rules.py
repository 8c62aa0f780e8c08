"""How often a plant is visited, as pure dates (handbook §7)."""

from datetime import date

# 检查频次: months between visits by 风险等级; a city may set its own (tenant setting `visit_months`).
VISIT_MONTHS: dict[str, int] = {"D": 1, "C": 2, "B": 3, "A": 6}
SUSPENDED_MONTHS = 1

WORDS = {1: "每月", 2: "每两个月", 3: "每季度", 6: "每半年", 12: "每年"}


def frequency(city: dict[str, int] | None = None) -> dict[str, int]:
    """Months by grade, the city's own figures before the defaults. Raises ValueError where they do not divide a year."""
    months = VISIT_MONTHS | {grade: int(every) for grade, every in (city or {}).items() if grade in VISIT_MONTHS}
    for grade, every in months.items():
        if every not in WORDS:
            raise ValueError(f"{grade}级检查频次须为1、2、3、6或12个月一次，不能是{every}")
    return months


def period_start(on: date, months: int) -> date:
    """First day of the calendar period of so many months (1, 2, 3, 6 or 12) that `on` lies in."""
    return date(on.year, (on.month - 1) // months * months + 1, 1)


def period_name(on: date, months: int) -> str:
    """The period as people say it: 11月, 11—12月, 2026年."""
    first = period_start(on, months).month
    if months == 12:
        return f"{on.year}年"
    return f"{first}月" if months == 1 else f"{first}—{first + months - 1}月"
