"""The register under a path of another site (FORCE_SCRIPT_NAME): every link of every page stays below it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import get_script_prefix, set_script_prefix

pytestmark = pytest.mark.django_db

PATH = "/register"
LINK = re.compile(r'(?:href|src|action|formaction|hx-get|data-[\w-]+)="(/[^"]*)"')
PAGES = ("/", "/placements/?country=AL", "/placements/?view=map", "/countries/AL/", "/benelux/", "/search/?q=politie")
OTHERS = ("/timeline/", "/views/", "/marks/", "/api/docs/", "/nowhere/", "/placements/?x=y")
API = (
    "/api/v1/placements?country=AL",
    "/api/v1/placements?pageSize=1",
    "/api/v1/instruments?q=politie",
    "/api/v1/nowhere",
)


@pytest.fixture
def under_a_path(settings) -> Iterator[None]:
    before = get_script_prefix()
    settings.FORCE_SCRIPT_NAME, settings.API_URL, settings.STATIC_URL = PATH, f"{PATH}/api/v1", f"{PATH}/static/"
    set_script_prefix(f"{PATH}/")
    yield
    set_script_prefix(before)


@pytest.mark.slow
@pytest.mark.parametrize("place", [*PAGES, *OTHERS])
def test_every_link_of_a_page_stays_below_it(client, under_a_path, place):
    links = set(map(unescape, LINK.findall(client.get(place).text)))
    assert links
    assert {link for link in links if not link.startswith(f"{PATH}/")} == set()
    for link in [link for link in sorted(links) if "/static/" not in link][:5]:
        assert client.get(link.removeprefix(PATH)).status_code in (200, 302), link


@pytest.mark.parametrize("address", API)
def test_so_does_every_address_of_the_api(client, under_a_path, address):
    response = client.get(address)
    assert response["API-Version"]
    inside = re.findall(r'"(?:http://testserver)(/[^"]*)"', response.text) + re.findall(r'"(/[^"]+)"', response.text)
    assert {link for link in inside if not link.startswith(f"{PATH}/")} == set()
    assert inside


def test_so_do_redirects_and_the_administration(under_a_path):
    client = Client()
    for page in ("/placements", "/views/save/placements/", "/admin/", "/placements/?utm_source=x&country=AL"):
        assert client.get(page)["Location"].startswith(f"{PATH}/"), page
    client.force_login(User.objects.create_superuser("boss"))
    links = LINK.findall(client.get("/admin/").text)
    assert links
    assert [link for link in links if not (link == PATH or link.startswith(f"{PATH}/"))] == []


def test_the_contract_names_its_own_address(client, under_a_path):
    contract = client.get("/api/v1/openapi.json").json()
    assert "/placements" in contract["paths"]


AS_STARTED = """
from django.test import RequestFactory
from config.wsgi import application

def get(path):
    answer = {}
    body = application(RequestFactory().get(path).environ, lambda status, headers: answer.update(status=status))
    return answer["status"], b"".join(body).decode(errors="replace")

status, page = get("/api/docs/placements/")
print(page)
print("CSS:", get("/static/css/base.css")[0])
"""


@pytest.mark.slow
def test_what_is_fixed_when_the_web_starts_is_below_it_too(db):
    """As the web server loads it, where the path stands in the environment: static files, and addresses of the API."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    told = {"FORCE_SCRIPT_NAME": PATH, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    done = subprocess.run(
        [sys.executable, "-c", AS_STARTED],
        cwd=Path(__file__).resolve().parent.parent,
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=False,
    )
    links = LINK.findall(done.stdout)
    assert any("/static/" in link for link in links), done.stderr
    assert [link for link in links if not link.startswith(f"{PATH}/")] == []
    assert "CSS: 200" in done.stdout
