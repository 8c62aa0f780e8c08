"""双随机: which plants are inspected, and by whom. Pure, so that anybody can draw the same (docs/double-draw.md).

Plants and people are drawn by the lots of 抽查复核 (hazards.rules_sample): the plants' seed is the published one, the seed of a
plant's pair is that and the plant's number.
"""

from collections.abc import Collection, Iterable

from hazards.rules_sample import drawn

PAIR = 2

Barred = Collection[tuple[int, int]]
"""回避: (person, plant) pairs that must not meet."""


def able(people: Iterable[int], plant: int, barred: Barred) -> list[int]:
    return [person for person in people if (person, plant) not in barred]


def double_draw(
    seed: str, plants: Iterable[int], people: Collection[int], size: int, barred: Barred = ()
) -> list[tuple[int, list[int]]]:
    """`size` plants, each with two people who need not avoid it. Raises ValueError where there are not enough."""
    return [(plant, drawn(f"{seed}|{plant}", able(people, plant, barred), PAIR)) for plant in drawn(seed, plants, size)]


def pool_text(plants: list[dict], people: list[dict], avoided: list[dict], size: int) -> str:
    """Both pools as they are published: a line a plant, a person, an avoidance, by number; and how many are drawn.

    Why somebody stays away is nobody's business; draws from before 公示 have it in their text and their digest.
    """
    lines = [f"抽取\t{size}"]
    lines += [f"企业\t{one['id']}\t{one['code']}\t{one['name']}" for one in sorted(plants, key=lambda one: one["id"])]
    lines += [
        f"人员\t{one['id']}\t{one['certificate']}\t{one['name']}" for one in sorted(people, key=lambda one: one["id"])
    ]
    lines += sorted(
        "\t".join(["回避", str(one["person"]), str(one["plant"] or "全部"), *filter(None, [one.get("reason")])])
        for one in avoided
    )
    return "\n".join(lines) + "\n"
