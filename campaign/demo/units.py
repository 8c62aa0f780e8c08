"""A dozen plants of the demo city divided into units, so that there are 重大危险源 of every level, one undecided and one none."""

from decimal import Decimal

from enterprises.actions import units
from enterprises.models import Enterprise, Unit, UnitKind

TANKS, WAREHOUSE, PRODUCTION = UnitKind.TANKS, UnitKind.WAREHOUSE, UnitKind.PRODUCTION

# Persons within 500 m, and the units: name, kind, level as declared, (substance, t or not known, row of 表1).
SITES = [
    (120, [("液氨罐区", TANKS, 3, [("液氨", "50", 1)]), ("成品库房", WAREHOUSE, None, [("乙醇", "100", 67)])]),
    (110, [("液氯仓库", WAREHOUSE, 1, [("液氯", "80", 12)]), ("氯化车间", PRODUCTION, None, [("液氯", "3", 12)])]),
    (40, [("甲醇罐区", TANKS, 4, [("甲醇", "3000", 65)])]),
    (105, [("环氧乙烷罐区", TANKS, 3, [("环氧乙烷", "150", 7)])]),
    (20, [("苯罐区", TANKS, 4, [("苯", "400", 57)]), ("中间罐区", TANKS, None, [("中间体溶液", None, None)])]),
    (60, [("合成氨装置", PRODUCTION, None, [("液氨", "40", 1), ("氢", "6", 51)])]),
    (0, [("液化烃罐组", TANKS, 4, [("液化石油气", "600", 52)])]),
    (130, [("氟化氢储罐区", TANKS, 1, [("氟化氢", "15", 20)])]),
    (35, [("丙烯腈罐区", TANKS, 4, [("2-丙烯腈", "260", 60)])]),
    (
        80,
        [("环氧丙烷罐区", TANKS, 4, [("1,2-环氧丙烷", "90", 63)]), ("甲类库房", WAREHOUSE, None, [("丙酮", "60", 59)])],
    ),
    (10, [("甲苯罐区", TANKS, None, [("甲苯", "900", 64)])]),
    (55, [("乙烯球罐区", TANKS, 3, [("乙烯", "700", 55)])]),
]


def divide(plants: list[Enterprise]) -> list[Unit]:
    """Give the first dozen plants their units; inside a city scope."""
    made = []
    for plant, (persons, sites) in zip(plants, SITES, strict=False):
        units.set_population(plant.pk, persons)
        for name, kind, declared, holdings in sites:
            unit = units.add_unit(plant.pk, name=name, kind=kind, declared_level=declared)
            for substance, tonnes, seq in holdings:
                quantity = Decimal(tonnes) if tonnes else None
                units.put_holding(unit.pk, {"substance": substance, "quantity_t": quantity, "table1_seq": seq})
            made.append(unit.pk)
    return list(Unit.objects.filter(pk__in=made).select_related("enterprise").order_by("pk"))
