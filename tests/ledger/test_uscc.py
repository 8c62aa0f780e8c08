import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises.ledger import uscc

bodies = st.text(uscc.ALPHABET, min_size=17, max_size=17)


@pytest.mark.parametrize("code", ["91350121590830166L", "913501225979711478", "9135012165370565AC"])
def test_real_shaped_codes_pass(code):
    assert uscc.is_valid(code)
    assert uscc.fault(code) == ""


@given(bodies, st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_any_one_wrong_sign_is_noticed(body, place, sign):
    code = body + uscc.check_sign(body)
    wrong = code[:place] + sign + code[place + 1 :]
    assert uscc.is_valid(wrong) == (wrong == code)


@given(bodies, st.integers(0, 16))
def test_two_neighbouring_signs_exchanged_are_noticed(body, place):
    code = body + uscc.check_sign(body)
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert uscc.is_valid(wrong) == (wrong == code)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "没有填写"),
        ("9135012159083016", "应为18位，这里是16位"),
        ("9135012159083016IL", "不应出现“I”"),
        ("9135O121590830166L", "是否为 91350121590830166L"),
        ("91350121590830166M", "校验位不对"),
    ],
)
def test_a_wrong_code_says_what_is_wrong(code, said):
    assert said in uscc.fault(code)
