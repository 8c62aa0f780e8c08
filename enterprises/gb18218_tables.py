"""The tables of GB 18218-2018 as the clone carries them (portal/reference/catalogs/gb18218_*.csv)."""

from fractions import Fraction
from functools import cache

from enterprises.rules.gb18218 import Class, Level, Named, Tables, plain
from portal.reference import files
from portal.sm3 import sm3

FILES = ("table1", "table2", "beta", "alpha", "levels")


def rows(table: str) -> list[dict[str, str]]:
    return files.rows(f"gb18218_{table}")


@cache
def tables() -> Tables:
    """Read once a process; the edition names the standard and the digest of the files it was read from."""
    content = b"".join(files.content(f"gb18218_{table}") for table in FILES)
    betas = rows("beta")
    by_symbol = {row["key"]: Fraction(row["beta"]) for row in betas if row["key_type"] == "symbol"}
    gases = {}
    for row in betas:
        if row["key_type"] == "name":
            gases[plain(row["key"])] = Fraction(row["beta"])
            gases[row["cas"]] = Fraction(row["beta"])
    return Tables(
        edition=f"GB 18218-2018（{sm3(content)[:8]}）",
        named={int(row["seq"]): named(row) for row in rows("table1")},
        classes={
            row["symbol"]: Class(
                row["symbol"],
                f"{row['hazard_class']}：{row['description']}",
                Fraction(row["threshold_t"]),
                by_symbol.get(row["symbol"]),
                row["confidence"],
            )
            for row in rows("table2")
            if row["threshold_t"]
        },
        gases=gases,
        alphas=tuple(
            sorted(((int(row["min_persons"]), Fraction(row["alpha"])) for row in rows("alpha")), reverse=True)
        ),
        levels=tuple(
            Level(int(row["level_no"]), row["level"], Fraction(row["r_min_inclusive"] or 0))
            for row in sorted(rows("levels"), key=lambda row: int(row["level_no"]))
        ),
    )


def named(row: dict[str, str]) -> Named:
    return Named(
        seq=int(row["seq"]),
        name=row["name"],
        aliases=tuple(alias for alias in row["aliases"].replace(";", "；").split("；") if alias),
        cas=row["cas"],
        threshold=Fraction(row["threshold_t"]),
        beta=Fraction(row["beta_default"]) if row["beta_default"] else None,
        beta_basis=row["beta_basis"],
        confidence=row["confidence"],
        beta_confidence=row["beta_confidence"],
    )
