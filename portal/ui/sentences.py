"""What a form says of a field that is wrong: a sentence that tells what to do, where Django's own tells what is so.

A form that knows more says it itself (`error_messages`, a validator's `message`).
"""

from django import forms
from django.core import validators

PICK = "请在列出的选项中选一项。"
DAY = "请填写日期，如 2026-05-01。"
CLOCK = "请填写时间，如 09:30。"
MOMENT = "请填写日期和时间，如 2026-05-01 09:30。"
FORMAT = "格式不对，请按说明填写。"

FIELDS: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {"required": "请填写这一项。"},
    forms.IntegerField: {"invalid": "请填写整数，如 12。"},
    forms.FloatField: {"invalid": "请填写数字，如 12.5。"},
    forms.DecimalField: {"invalid": "请填写数字，如 12.5。"},
    forms.DateField: {"required": "请填写日期。", "invalid": DAY},
    forms.TimeField: {"required": "请填写时间。", "invalid": CLOCK},
    forms.DateTimeField: {"required": "请填写日期和时间。", "invalid": MOMENT},
    forms.BooleanField: {"required": "请勾选这一项后再提交。"},
    forms.ChoiceField: {"required": "请选择一项。", "invalid_choice": PICK},
    forms.MultipleChoiceField: {"required": "请至少选择一项。", "invalid_choice": PICK, "invalid_list": PICK},
    forms.ModelChoiceField: {"required": "请选择一项。", "invalid_choice": PICK},
    forms.ModelMultipleChoiceField: {
        "required": "请至少选择一项。",
        "invalid_choice": PICK,
        "invalid_list": PICK,
        "invalid_pk_value": PICK,
    },
    forms.FileField: {
        "required": "请选择文件。",
        "missing": "请选择文件。",
        "invalid": "没有收到文件，请重新选择文件后再提交。",
        "empty": "文件是空的，请重新选择。",
        "max_length": "文件名最多%(max)d个字，现在有%(length)d个，请改短后重新选择。",
    },
    forms.ImageField: {"invalid_image": "这不是能打开的图片，请重新选择。"},
    forms.URLField: {"invalid": "请填写网址，如 https://example.gov.cn。"},
    forms.UUIDField: {"invalid": FORMAT},
    forms.JSONField: {"invalid": FORMAT},
}
VALIDATORS: dict[type, str] = {
    validators.MaxLengthValidator: "最多%(limit_value)d个字，现在有%(show_value)d个，请删减。",
    validators.MinLengthValidator: "至少%(limit_value)d个字，现在有%(show_value)d个，请补充。",
    validators.MaxValueValidator: "不能大于%(limit_value)s，请重新填写。",
    validators.MinValueValidator: "不能小于%(limit_value)s，请重新填写。",
    validators.RegexValidator: FORMAT,
    validators.EmailValidator: "请填写完整的邮箱地址，如 name@example.gov.cn。",
    validators.URLValidator: "请填写网址，如 https://example.gov.cn。",
    validators.ProhibitNullCharactersValidator: "内容中有不能保存的字符，请删去后重新填写。",
}
DECIMALS = {
    "invalid": "请填写数字，如 12.5。",
    "max_digits": "最多%(max)s位数字，请重新填写。",
    "max_decimal_places": "最多保留%(max)s位小数，请重新填写。",
    "max_whole_digits": "整数部分最多%(max)s位，请重新填写。",
}


def speak_up() -> None:
    """From now on every form of this process says these."""
    for field, said in FIELDS.items():
        field.default_error_messages = {**vars(field).get("default_error_messages", {}), **said}  # type: ignore[attr-defined]
    for validator, sentence in VALIDATORS.items():
        validator.message = sentence  # type: ignore[attr-defined]
    validators.DecimalValidator.messages = DECIMALS
