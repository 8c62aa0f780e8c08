"""Help in the pages and the manual: what they say of buttons is there, and who finds which chapter."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from portal.guide.help import FOLDER, texts
from portal.guide.manual import chapter_for, chapters, size_of
from portal.permissions import ROLES
from tests.inspections.walks import statements
from tests.stories import recorded

ROOT = settings.BASE_DIR
FLOORS = ("portal", "enterprises", "hazards", "inspections", "accountability", "campaign")
HELP = {text.name: text for text in texts().values()}
CHAPTERS = list(chapters().values())
STEPS = [(chapter, step) for chapter in CHAPTERS for step in chapter.steps]
KINDS = {
    "officer": "officer", "inspector": "inspector", "department": "inspector", "office": "office", "expert": "expert",
}  # fmt: skip
LARGEST = 80 * 1024


def words_on_pages() -> str:
    """Everything a button, link or heading can take its name from."""
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static/js").rglob("*.js")]
    files += [path for floor in FLOORS for path in (ROOT / floor).rglob("*.py")]
    return "\n".join(path.read_text("utf-8") for path in files)


def test_every_button_the_texts_name_stands_on_some_page():
    known = words_on_pages()
    named = {
        (path.name, name)
        for path in [*FOLDER.glob("*.toml"), *(ROOT / "templates/manual").glob("*.toml")]
        for name in re.findall("「([^」]+)」", path.read_text("utf-8"))
    }
    assert len(named) > 150
    assert sorted(one for one in named if one[1] not in known) == []


@pytest.mark.parametrize("name", sorted(HELP))
def test_a_help_is_short(name):
    sentences = re.findall("[。？！]", "".join(HELP[name].says))
    assert 2 <= len(sentences) <= 6


def test_a_page_of_the_manual_is_helped_by_one_step_of_a_chapter_at_most():
    for chapter in CHAPTERS:
        pages = [page for step in chapter.steps for page in step.pages]
        assert len(pages) == len(set(pages)), chapter.kind
        assert set(pages) <= set(texts()), chapter.kind


def test_each_role_has_its_chapter_and_administrators_have_none():
    assert {role: one.kind for role in ROLES if (one := chapter_for(role))} == KINDS


def test_every_picture_named_is_there_small_with_its_words_beside_it_and_no_other_is():
    for chapter in CHAPTERS:
        folder = Path(ROOT / "static/manual" / chapter.kind)
        named = {step.picture for step in chapter.steps}
        assert len(named) == len(chapter.steps)
        assert {path.name for path in folder.iterdir()} == {f"{one}{end}" for one in named for end in (".webp", ".txt")}
        for picture in named:
            assert (folder / f"{picture}.webp").stat().st_size <= LARGEST, picture
            assert size_of(chapter.kind, picture)[0] >= 390
            assert finders.find(f"manual/{chapter.kind}/{picture}.webp")


def test_help_leads_to_the_readers_own_chapter_and_there_to_the_step(world):
    page = world.client("officer").get("/hazards/").content.decode()
    assert 'data-help="hazard_list"' in page
    assert 'href="/manual/officer/#todo"' in page
    assert 'href="/manual/office/#records"' in world.client("office").get("/hazards/").content.decode()
    assert 'href="/manual/inspector/#closed"' in world.client("department").get("/hazards/").content.decode()
    assert 'href="/manual/"' in world.client("auditor").get("/hazards/").content.decode()


@pytest.mark.parametrize("login", ["office", "officer", "expert", "auditor", "sysadmin", "secadmin"])
def test_everybody_reads_the_whole_manual(world, login):
    client = world.client(login)
    found = client.get("/manual/").content.decode()
    for chapter in CHAPTERS:
        assert f"/manual/{chapter.kind}/" in found
        page = client.get(f"/manual/{chapter.kind}/").content.decode()
        assert all(step.heading in page and f'id="{step.key}"' in page for step in chapter.steps)
    assert ("您的手册" in found) == (login in KINDS)
    assert client.get("/manual/nobody/").status_code == 404


def test_the_manual_asks_the_database_for_nothing_of_its_own(world):
    client = world.client("office")
    assert len(statements(client, "/manual/office/")) == len(statements(client, "/manual/"))
    assert len(statements(client, "/manual/")) <= len(statements(client, "/messages/settings/"))


def test_before_the_login_the_page_says_how_to_and_what_to_do_about_a_lost_password(client, db):
    page = client.get("/login/").content.decode()
    assert "怎么登录，忘记密码怎么办" in page
    assert "重设密码" in page
    assert "/manual/" not in page


def test_what_is_refused_has_its_own_help(world):
    page = world.client("officer").get("/audit/").content.decode()
    assert 'data-help="refused"' in page
    assert 'data-help="audit"' not in page


def test_what_is_asked_about_ticked_rows_has_its_help(world):
    office, hazard = world.client("office"), recorded(world)
    ticked = {"verb": "grade", "id": [world.enterprises["a"]]}
    assert 'data-help="bulk"' in office.post("/enterprises/bulk/", ticked).content.decode()
    asked = office.post("/hazards/bulk/", {"verb": "void", "id": [hazard.pk]}).content.decode()
    assert 'data-help="hazard_bulk"' in asked
