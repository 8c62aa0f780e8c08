"""python tools/redraw.py draw-5.json: repeat a 双随机 draw from its export, with nothing of the portal (docs/double-draw.md).

Ends with 0 where pools, digest and result agree, with 1 and what differs where they do not.
"""

import hashlib
import json
import sys


def sm3(text: str) -> str:
    return hashlib.new("sm3", text.encode()).hexdigest()


def lowest(seed: str, numbers: list[int], size: int) -> list[int]:
    return sorted(set(numbers), key=lambda number: sm3(f"{seed}|{number}"))[:size]


def pool(draw: dict) -> str:
    lines = [f"抽取\t{draw['size']}"]
    lines += [f"企业\t{p['id']}\t{p['code']}\t{p['name']}" for p in sorted(draw["plants"], key=lambda p: p["id"])]
    lines += [
        f"人员\t{p['id']}\t{p['certificate']}\t{p['name']}" for p in sorted(draw["people"], key=lambda p: p["id"])
    ]
    lines += sorted(
        "\t".join(["回避", str(a["person"]), str(a["plant"] or "全部"), *filter(None, [a.get("reason")])])
        for a in draw["avoided"]
    )
    return "\n".join(lines) + "\n"


def result(draw: dict) -> list[dict]:
    away = {a["person"] for a in draw["avoided"] if not a["plant"]}
    barred = {(a["person"], a["plant"]) for a in draw["avoided"]}
    people = [p["id"] for p in draw["people"] if p["id"] not in away]
    plants = lowest(draw["seed"], [p["id"] for p in draw["plants"]], draw["size"])
    return [
        {"plant": plant, "pair": lowest(f"{draw['seed']}|{plant}", [p for p in people if (p, plant) not in barred], 2)}
        for plant in plants
    ]


def faults(draw: dict) -> list[str]:
    found = []
    if sm3(pool(draw)) != draw["digest"]:
        found.append("名单的SM3摘要与公布的不一致：名单被改动过。")
    if result(draw) != draw["result"]:
        found.append("重抽的结果与公布的不一致。")
    return found


def main(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        draw = json.load(file)
    plants = {p["id"]: p["name"] for p in draw["plants"]}
    people = {p["id"]: p["name"] for p in draw["people"]}
    for one in result(draw):
        print(plants[one["plant"]], *(people[person] for person in one["pair"]), sep="\t")
    wrong = faults(draw)
    print(*(wrong or ["名单、摘要、结果都一致。"]), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
