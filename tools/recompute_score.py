#!/usr/bin/env python3
"""Recompute a year-end score from its export, with nothing but Python: python3 tools/recompute_score.py export.json

Written apart from the portal's own rules on purpose: two programs that agree to the last digit are a proof, one that
imports the other is none. Says every figure, point, total, grade and place that does not follow from what the export itself
contains, and exits with 1; with 0 where everything agrees.
"""

import json
import sys
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT = Decimal("0.01")


def fraction(text):
    return None if text is None else Fraction(text)


def to_cents(value):
    """Half up on the exact value: scaled to whole cents first, so that no decimal context rounds twice."""
    sign = -1 if value < 0 else 1
    doubled = abs(value) * 200
    cents = (doubled.numerator // doubled.denominator + 1) // 2
    return (Decimal(sign * cents) / 100).quantize(CENT, rounding=ROUND_HALF_UP)


def within(value, low, high):
    return low if value < low else high if value > high else value


def value_of(line, template_line, export):
    counted, of = fraction(line["counted"]), fraction(line["of"])
    if of is None:
        return counted
    if of == 0:
        return None
    share = counted / of
    figure = export["figures"].get(template_line.get("figure") or "")
    if not (figure and figure["peers"]):
        return share
    all_counted, all_of = (fraction(number) for number in export["sums"][template_line["figure"]])
    return None if not all_counted else share / (all_counted / all_of)


def points_of(template_line, value):
    """(points, vetoed) of one line."""
    formula, kind = template_line["formula"], template_line["kind"]
    weight = Fraction(template_line.get("weight", "0"))
    if kind == "veto":
        return Decimal("0.00"), value is not None and value >= Fraction(formula["at"])
    if value is None:
        full = kind == "indicator" and template_line.get("empty", "full") == "full"
        return to_cents(weight if full else Fraction(0)), False
    shape = formula["shape"]
    if shape == "linear":
        low, high = Fraction(formula["none"]), Fraction(formula["full"])
        points = weight * within((value - low) / (high - low), Fraction(0), Fraction(1))
    elif shape == "bands":
        points = Fraction(0)
        for bound, share in formula["bands"]:
            bound = Fraction(bound)
            if value <= bound if formula.get("better") == "less" else value >= bound:
                points = weight * Fraction(share)
                break
    elif shape == "count":
        points = within(weight - Fraction(formula["each"]) * value, Fraction(0), weight)
    elif shape == "each":
        points = Fraction(formula["each"]) * value
        if weight:
            points = min(points, weight)
    else:
        raise SystemExit(f"unknown shape {shape!r}")
    return to_cents(-points if kind == "deduction" else points), False


def recount(line):
    """What the listed records say against the numbers; only where each record counts one or nothing."""
    counting, others = line["counting"], line["others"]
    if len(set(counting) | set(others)) != len(counting) + len(others):
        return "a record is listed twice"
    if line["of"] is not None and Fraction(line["of"]) == len(counting) + len(others):
        return None if Fraction(line["counted"]) >= len(counting) else "fewer were counted than are listed"
    if line["of"] is None and Fraction(line["counted"]) != len(counting):
        return f"{line['counted']} counted, {len(counting)} listed"
    return None


def faults(export):
    body = export["template"]["body"]
    lines = {line["key"]: line for line in body["lines"]}
    computed = {}
    for subject in export["subjects"]:
        name = subject["name"]
        if [line["key"] for line in subject["lines"]] != [line["key"] for line in body["lines"]]:
            yield f"{name}: its lines are not the template's"
            continue
        bonus = rest = Decimal("0.00")
        vetoed = False
        for line in subject["lines"]:
            mine = lines[line["key"]]
            points, veto = points_of(mine, value_of(line, mine, export))
            vetoed = vetoed or veto
            if points != Decimal(line["points"]) or veto != line["vetoed"]:
                yield f"{name} {mine['label']}: {line['points']} in the export, {points} recomputed"
            if mine["kind"] == "bonus":
                bonus += points
            else:
                rest += points
            if mine.get("figure") and (fault := recount(line)):
                yield f"{name} {mine['label']}: {fault}"
        total = rest + min(bonus, to_cents(Fraction(body["bonus_cap"])))
        total += sum((Decimal(one["points"]) for one in subject["corrections"]), Decimal("0.00"))
        total = max(Decimal("0.00"), total)
        if vetoed:
            total = min(total, to_cents(Fraction(body["veto_ceiling"])))
        grade = next(word for word, bound in body["grades"] if total >= Decimal(bound))
        computed[subject["id"]] = total
        if total != Decimal(subject["total"]) or grade != subject["grade"]:
            yield f"{name}: {subject['total']} {subject['grade']} in the export, {total} {grade} recomputed"
    for subject in export["subjects"]:
        place = 1 + sum(total > computed.get(subject["id"], 0) for total in computed.values())
        if place != subject["rank"]:
            yield f"{subject['name']}: place {subject['rank']} in the export, {place} recomputed"
    if export["subject_kind"] != "department":
        # Two departments may answer for one sector, so their numbers do not add up to the city's.
        for figure, (counted, of) in export["sums"].items():
            rows = [
                line
                for subject in export["subjects"]
                for line in subject["lines"]
                if lines[line["key"]].get("figure") == figure
            ]
            if sum(Fraction(line["counted"]) for line in rows) != Fraction(counted):
                yield f"{figure}: the subjects' numbers do not add up to {counted}"
            if of is not None and sum(Fraction(line["of"] or 0) for line in rows) != Fraction(of):
                yield f"{figure}: the subjects' numbers do not add up to {of} in all"


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    with sys.stdin if sys.argv[1] == "-" else open(sys.argv[1], encoding="utf-8") as source:
        export = json.load(source)
    found = list(faults(export))
    for fault in found:
        print(fault)
    lines = sum(len(subject["lines"]) for subject in export["subjects"])
    print(
        f"{len(export['subjects'])} subjects, {lines} lines: {f'{len(found)} do not agree' if found else 'all agree'}"
    )
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
