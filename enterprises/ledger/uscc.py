"""统一社会信用代码, GB 32100-2015."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # 31 signs: no I, O, S, V, Z (GB 32100-2015 表1)
VALUE = {sign: value for value, sign in enumerate(ALPHABET)}
WEIGHTS = [pow(3, i, 31) for i in range(17)]
LOOKALIKES = str.maketrans("IOSZV", "1052U")


def check_sign(body: str) -> str:
    """The 18th sign for the first 17 (GB 32100-2015 附录A: weights 3^i mod 31). KeyError on a sign outside the alphabet."""
    total = sum(VALUE[sign] * weight for sign, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def is_valid(code: str) -> bool:
    return len(code) == 18 and all(sign in VALUE for sign in code) and check_sign(code[:17]) == code[17]


def fault(code: str) -> str:
    """What is wrong with a code, as part of a Chinese sentence; "" when it is right."""
    if not code:
        return "没有填写统一社会信用代码"
    if len(code) != 18:
        return f"统一社会信用代码应为18位，这里是{len(code)}位"
    strange = "".join(dict.fromkeys(sign for sign in code if sign not in VALUE))
    if strange:
        likely = code.translate(LOOKALIKES)
        hint = f"，是否为 {likely}" if is_valid(likely) else ""
        return f"统一社会信用代码中不应出现“{strange}”{hint}"
    if check_sign(code[:17]) != code[17]:
        return "统一社会信用代码的校验位不对，至少有一位写错"
    return ""
