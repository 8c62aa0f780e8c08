"""The shell around every page, fields and their errors, the inbox."""

import re
from datetime import timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from enterprises import urls as enterprise_urls
from portal.messages.actions import tell
from portal.messages.models import Message
from portal.reference import urls as reference_urls
from portal.tenancy.scope import Who
from portal.ui.context import other_postings


def drawn(text: str, **context) -> str:
    return Template("{% load portal_ui %}" + text).render(Context(context))


@pytest.mark.parametrize(
    ("login", "there", "not_there"),
    [
        ("office", ["总览", "企业台账", "隐患", "检查", "文书", "台账导入", "未送达提醒"], ["审计", "系统管理"]),
        ("auditor", ["审计", "隐患", "总览"], ["台账导入", "系统管理"]),
        ("inspector", ["总览", "隐患", "检查"], ["台账导入", "未送达提醒"]),
        ("officer", ["隐患", "文书"], ["总览", "检查", "台账导入"]),
        ("sysadmin", ["消息", "系统管理"], ["隐患", "企业台账", "总览", "文书"]),
    ],
)
def test_the_menu_offers_what_the_permission_table_allows(world, login, there, not_there):
    page = world.client(login).get("/messages/").content.decode()
    menu = page[page.index('id="menu"') : page.index("</nav>")]
    assert all(f"<span>{name}</span>" in menu for name in there)
    assert not any(f"<span>{name}</span>" in menu for name in not_there)


def test_the_menu_marks_where_one_is(world):
    page = world.client("office").get("/messages/").content.decode()
    assert '<a href="/messages/" aria-current="page">' in page
    page = world.client("office").get("/messages/undelivered/").content.decode()
    assert '<a href="/messages/">' in page


def test_wherever_one_is_in_the_ledger_the_menu_says_so(world):
    ledger = Template("{% include 'components/menu.html' %}")
    request = RequestFactory()
    with world.as_("office"):
        for pattern in (*enterprise_urls.urlpatterns, *reference_urls.urlpatterns):
            path = "/" + re.sub("<[^>]+>", "1", str(pattern.pattern))
            menu = ledger.render(Context({"request": request.get(path)}))
            entry = "/enterprises/imports/" if path.startswith("/enterprises/imports/") else "/enterprises/"
            assert re.search(f'<a href="{entry}" aria-current=', menu), path


@pytest.mark.parametrize(
    ("path", "tab"),
    [
        ("/enterprises/", "台账"),
        ("/enterprises/key/near/", "重点企业"),
        ("/catalogs/key_chemicals/", "法规目录"),
    ],
)
def test_a_page_of_the_ledger_stands_in_one_of_its_tabs(world, path, tab):
    page = world.client("office").get(path).content.decode()
    assert re.findall(r'aria-current="\w+">([^<]+)</a>', page[page.index('class="ledger-tabs"') :])[:1] == [tab]


def test_the_shell_says_city_unit_person_and_role(world):
    page = world.client("inspector").get("/messages/").content.decode()
    for word in ("江州市", "江南区应急管理局", "inspector君", "区县监管执法人员"):
        assert word in page


def test_an_experts_assignments_are_one_place_to_act_from():
    postings = [
        {"id": 1, "role": "expert", "organisation_name": ""},
        {"id": 2, "role": "expert", "organisation_name": ""},
        {"id": 3, "role": "office", "organisation_name": "办公室"},
    ]
    me = Who(scope="expert", role="expert", posting_id=1)
    assert [other["id"] for other in other_postings(postings, me)] == [3]
    me = Who(scope="city", role="office", posting_id=3)
    assert len(other_postings(postings, me)) == 1


class Sheet(forms.Form):
    name = forms.CharField(label="名称", help_text="全称")
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)


def test_an_error_is_tied_to_its_field_and_linked_from_above():
    form = Sheet({})
    html = drawn("{% errors form sentence %}{% field form.name %}{% field form.kind %}", form=form, sentence="现在不能")
    assert 'aria-describedby="id_name-help id_name-error"' in html
    assert 'id="id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'href="#id_name"' in html
    assert 'href="#id_kind"' in html
    assert 'id="id_kind"' in html
    assert "<legend" in html
    assert "现在不能" in html


def test_nothing_is_said_above_a_form_without_fault():
    assert drawn("{% errors form %}", form=Sheet({"name": "x", "kind": "a"})).strip() == ""


def test_what_was_typed_is_escaped():
    form = Sheet({"name": '"><script>alert(1)</script>', "kind": "<b>"})
    assert "<script>" not in drawn("{% errors form %}{% field form.name %}{% field form.kind %}", form=form)


@pytest.mark.parametrize(("days", "words"), [(-2, "逾期 2 天"), (0, "今天到期"), (3, "还剩 3 天"), (12, "还剩 12 天")])
def test_time_left_is_said_in_days(days, words):
    assert words in drawn("{% days_left day %}", day=timezone.localdate() + timedelta(days=days))


def test_a_grade_is_told_by_letter_and_word_and_not_by_colour_alone():
    assert "D级（红色）" in drawn("{% load grade_words %}{% grade_badge 'D' %}")
    assert "未评定" in drawn("{% load grade_words %}{% grade_badge '' %}")


@pytest.fixture
def told(world):
    person = world.people["inspector"]
    with world.as_("office"):
        tell([person], "t1", "有新的整改材料", "请复查", "/hazards/")
        tell([person], "t2", "坏链接", "", "https://evil.example/")
    return world


def messages_of(world, login):
    with world.as_(login):
        return {m.title: m.pk for m in Message.objects.filter(person_id=world.people[login], channel="in_app")}


def test_unread_messages_are_counted_in_the_top_bar_until_they_are_read(told):
    client = told.client("inspector")
    assert "条未读" in client.get("/messages/").content.decode()
    client.post("/messages/seen/")
    assert "条未读" not in client.get("/messages/").content.decode()


def test_opening_a_message_marks_it_and_leads_to_the_work(told):
    client, mine = told.client("inspector"), messages_of(told, "inspector")
    assert client.post(f"/messages/{mine['有新的整改材料']}/open/").url == "/hazards/"
    assert "有新的整改材料" not in client.get("/messages/?seen=0").content.decode()
    assert "坏链接" in client.get("/messages/?seen=0").content.decode()


def test_a_message_never_leads_to_another_site(told):
    assert (
        told.client("inspector").post(f"/messages/{messages_of(told, 'inspector')['坏链接']}/open/").url == "/messages/"
    )


def test_somebody_elses_message_is_not_there(told):
    pk = messages_of(told, "inspector")["有新的整改材料"]
    for login in ("inspector2", "office", "inspector_x"):
        assert told.client(login).post(f"/messages/{pk}/open/").status_code == 404
