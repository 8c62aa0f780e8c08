"""Which of the tenant's districts a cell means."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .normalise import fold
from .read import Value

OFFICES = re.compile(
    r"(应急管理局|应急局|应急管理和消防救援局|安全生产监督管理局|安监局|安监站|应急办|人民政府|政府|管理委员会|管委会|辖区|境内)$"
)
KIND_OF_DISTRICT = re.compile(
    r"(经济技术开发区|高新技术产业开发区|经济开发区|化学工业园区|工业园区|产业园区|化工园区|开发区|工业区|新区|园区|自治县|林区|区|县|市|旗)$"
)
SHORT = {
    "经开区": "经济技术开发区",
    "高新区": "高新技术产业开发区",
    "石化园区": "石化工业园区",
    "化工园区": "化学工业园区",
}
TOWN = re.compile(r".{1,12}(镇|乡|街道|街道办事处|村|社区)")


@dataclass(frozen=True)
class Districts:
    """The tenant's districts, and what people write for them."""

    names: tuple[str, ...]
    city: str = ""

    @classmethod
    def of(cls, names: Iterable[str], city: str = "") -> "Districts":
        return cls(tuple(names), city)

    def find(self, value: Value) -> str | None:
        """The district meant by 江南区, 江南, 江南区应急管理局, 江州市江南区, 江南区城关镇; None unless exactly one is meant."""
        written = fold(value)
        if not written:
            return None
        candidates = [written, OFFICES.sub("", written)]
        for candidate in list(candidates):
            for end in [self.city] if self.city else ["市", "州", "盟"]:
                _, found, rest = candidate.partition(fold(end))
                if found and rest:
                    candidates.append(rest)
        for candidate in candidates:
            known = [name for name in self.names if self._means(candidate, fold(name))]
            if len(known) == 1:
                return known[0]
        return None

    def inside(self, address: Value) -> str | None:
        """The one district an address names in full."""
        written = fold(address)
        named = [name for name in self.names if fold(name) in written]
        longest = [name for name in named if not any(name in other and name != other for other in named)]
        return longest[0] if len(longest) == 1 else None

    @staticmethod
    def _means(written: str, name: str) -> bool:
        if written == name or (written.startswith(name) and TOWN.fullmatch(written[len(name) :])):
            return True
        if any(name.endswith(full) and written == name[: -len(full)] + short for short, full in SHORT.items()):
            return True
        stem = KIND_OF_DISTRICT.sub("", name)
        return len(stem) >= 2 and written == stem
