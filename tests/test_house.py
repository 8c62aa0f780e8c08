"""The order of the house, read from its files."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("portal", "enterprises", "hazards", "inspections", "accountability", "campaign")
FILES = [
    path
    for path in map(
        Path,
        subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\0"),
    )
    if path.name and (ROOT / path).is_file()
]
SOURCES = [
    path for path in FILES if path.suffix == ".py" and path.parts[0] in FLOORS and "migrations" not in path.parts
]
TEXTS = [
    path
    for path in FILES
    if path.suffix in (".py", ".html", ".js", ".css", ".md", ".yml", ".toml", ".in", ".typ", ".sh", "")
]


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"))


def imported(path: Path) -> set[str]:
    """Every module named by an import anywhere in the file, also those inside functions."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return names


def test_there_is_a_house_to_look_at():
    assert len(SOURCES) > 80
    assert {path.parts[0] for path in SOURCES} == set(FLOORS)


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_imports_go_downwards_only(path):
    floor = FLOORS.index(path.parts[0])
    above = {name for name in imported(path) if name.partition(".")[0] in FLOORS[floor + 1 :]}
    assert not above
    assert not {name for name in imported(path) if name.partition(".")[0] in ("tests", "tools")}


def test_rules_are_pure():
    rules = [path for path in SOURCES if path.name == "rules.py" or "rules" in path.parts]
    assert len(rules) >= 3
    pure = {"rules", "sm3", "legaldays"}
    for path in rules:
        for name in imported(path):
            assert not name.startswith(("django", "rest_framework", "celery", "psycopg2")), (path, name)
            if name.partition(".")[0] in FLOORS:
                assert pure & set(name.split(".")), (path, name)


def test_nobody_above_the_ground_floor_names_the_tenant():
    named = []
    for path in SOURCES:
        if path.parts[0] == "portal" or {"management", "tasks.py", "demo"} & set(path.parts):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                verb = node.func.attr if isinstance(node.func, ast.Attribute) else ""
                if verb in ("filter", "exclude", "get", "get_or_create", "update_or_create"):
                    named += [
                        f"{path}:{node.lineno}"
                        for word in node.keywords
                        if word.arg and word.arg.partition("__")[0] in ("tenant", "tenant_id")
                    ]
    assert named == []


def test_a_number_in_an_address_is_read_in_one_place():
    """“²”.isdigit() and a thousand digits have both been a fault of ours; portal.numbers knows."""
    views = [path for path in SOURCES if path.name.startswith("views") or "views" in path.parts]
    assert len(views) > 20
    found = [
        str(path) for path in views if re.search(r"\.is(digit|decimal|numeric)\(\)", (ROOT / path).read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "name", ["utils", "helpers", "common", "base", "manager", "managers", "misc", "util", "helper"]
)
def test_no_file_without_a_name_of_its_own(name):
    assert [path for path in FILES if path.stem == name and path.suffix == ".py"] == []


def test_a_hazards_status_is_set_by_its_moves_alone():
    """Nowhere else is it assigned, updated, or given when one is made."""
    words = {"RECTIFYING", "SUBMITTED", "CONFIRMING", "CLOSED", "VOID", "RECORDED"}
    found = []
    for path in SOURCES:
        if path == Path("hazards/actions/moves.py"):
            continue
        for node in ast.walk(tree(path)):
            targets = node.targets if isinstance(node, ast.Assign) else []
            found += [
                f"{path}:{node.lineno}"
                for target in targets
                if isinstance(target, ast.Attribute)
                and target.attr == "status"
                and path.parts[0] == "hazards"
                and "views" not in path.parts
            ]
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("update", "bulk_update", "create")
            ):
                values = [word.value for word in node.keywords if word.arg == "status"]
                found += [
                    f"{path}:{node.lineno}"
                    for value in values
                    if isinstance(value, ast.Attribute) and value.attr in words
                ]
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Hazard":
                found += [f"{path}:{node.lineno}" for word in node.keywords if word.arg == "status"]
    assert found == []


def test_views_write_nothing_themselves():
    """A view finds, asks, calls a verb and renders. What a person reads of their own mail is noted by its view."""
    written = []
    for path in SOURCES:
        if not (path.name in ("views.py", "api.py") or "views" in path.parts or path.name.startswith("api_")):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                on_objects = isinstance(owner, ast.Attribute) and owner.attr == "objects"
                if node.func.attr in ("bulk_create", "bulk_update") or (
                    on_objects and node.func.attr in ("create", "update", "delete")
                ):
                    written.append(f"{path}:{node.lineno}")
    # The second factor's device belongs to the library that checks its codes.
    assert [place for place in written if not place.startswith("portal/tenancy/views.py")] == []


def test_pages_fetch_nothing_from_elsewhere():
    outside = re.compile(r"""(?:src|href|url|import|fetch)\s*[=(]?\s*["'(]\s*(?:https?:)?//""")
    pages = [
        path for path in FILES if path.suffix in (".html", ".js", ".css") and path.parts[0] in ("templates", "static")
    ]
    assert len(pages) > 40
    assert [str(path) for path in pages if outside.search((ROOT / path).read_text("utf-8"))] == []


def test_pages_carry_no_script_or_style_of_their_own():
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style\b|\son(?:click|change|submit|load|input)=|javascript:",
        re.I,
    )
    pages = [path for path in FILES if path.suffix == ".html"]
    assert [str(path) for path in pages if inline.search((ROOT / path).read_text("utf-8"))] == []


def test_no_file_of_a_third_party_lies_in_the_repository():
    foreign = re.compile(r"\.min\.(js|css)$|\.(woff2?|ttf|otf|eot|whl|jar|map)$|(^|/)(node_modules|vendor|dist)/")
    assert [str(path) for path in FILES if foreign.search(str(path))] == []
    signs = re.compile(r"@license|Licensed under the|Copyright \(c\)|sourceMappingURL", re.I)
    texts = [path for path in FILES if path.suffix in (".js", ".css") and path.name != "package-lock.json"]
    assert [str(path) for path in texts if signs.search((ROOT / path).read_text("utf-8"))] == []


def test_nothing_names_a_machine_it_was_written_on():
    # Put together here, so that this file does not name them either.
    places = re.compile(
        "|".join(
            [
                "/" + "work/",
                "/" + "home/[a-z]",
                "/" + "Users/",
                r"\.\./" + "shared",
                "/" + r"root/[a-z.]",
                r"C:\\" + "Users",
            ]
        )
    )
    named = [
        str(path)
        for path in TEXTS
        if path != Path("tests/test_house.py") and places.search((ROOT / path).read_text("utf-8", "replace"))
    ]
    assert named == []


def test_no_secret_lies_in_the_repository():
    secret = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|SECRET_KEY\s*=\s*[\"'][^\"']{20,}"
    )
    assert [str(path) for path in TEXTS if secret.search((ROOT / path).read_text("utf-8", "replace"))] == []


def test_raw_sql_is_never_made_of_what_a_person_typed():
    """No f-string, %-format or + goes into execute() in a file that sees a request."""
    found = []
    for path in SOURCES:
        if not (path.name in ("views.py", "api.py", "forms.py", "filters.py") or "views" in path.parts):
            continue
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("execute", "raw", "extra")
            ):
                found += [f"{path}:{node.lineno}"] if node.args and not isinstance(node.args[0], ast.Constant) else []
    assert found == []
