"""The examples of proxies in `deploy/`, each in front of the web server with the settings of production."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from tests.test_deploy import DEPLOY, PRODUCTION, run
from tests.web_server import ask, web_server

pytestmark = pytest.mark.xdist_group("processes")

HOST = PRODUCTION["ALLOWED_HOSTS"]
LARGE = "/sources/?format=csv"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """One of our own, with its key, in one file."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl here")
    file = tmp_path_factory.mktemp("tls") / "register.pem"
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file]
    made = ["openssl", "req", "-x509", "-days", "2", *names, *key, "-out", file.with_suffix(".crt")]
    subprocess.run(made, check=True, capture_output=True)
    with file.open("a") as both:
        both.write(file.with_suffix(".crt").read_text())
    return file


class Nginx:
    """Debian installs it; the example is for a folder that its own file includes."""

    def __init__(self, folder: Path, port: int, web: int, certificate: Path, path: str):
        example = (DEPLOY / "nginx.conf").read_text()
        for written, here in {
            "127.0.0.1:8000": f"127.0.0.1:{web}",
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "listen 443": f"listen 127.0.0.1:{port}",
            "/etc/ssl/register.pem": certificate,
            "/etc/ssl/private/register.key": certificate,
            "/var/log/nginx": folder,
        }.items():
            assert written in example
            example = example.replace(written, str(here))
        if path:
            for name in ("= /metrics", "/ "):
                example = example.replace(f"location {name}", f"location {name.replace('/', f'{path}/', 1)}")
            example = example.replace("proxy_pass http://register;", "proxy_pass http://register/;")
        around = ["daemon off;", "error_log stderr;", "events {}", "user root;" if os.geteuid() == 0 else ""]
        self.file = folder / "nginx.conf"
        self.file.write_text("\n".join(around) + f"\nhttp {{\n{example}\n}}\n")
        self.command = ["nginx", "-p", str(folder), "-e", "stderr", "-g", f"pid {folder}/pid;", "-c", str(self.file)]
        self.check = [*self.command, "-t"]
        self.environment = os.environ


class Caddy:
    def __init__(self, folder: Path, port: int, web: int, certificate: Path, path: str):
        example = (DEPLOY / "Caddyfile").read_text()
        if path:
            example = (
                example.replace("} {\n\timport register\n", "} {\n").replace("\t# ", "\t").replace("\t#\t", "\t\t")
            )
            example = re.sub(r"^\tUnder a path.*\n", "", example, flags=re.MULTILINE)
        site = "{$SITE:register.example.org} {\n"
        assert site in example
        example = example.replace(site, f"{site}\ttls {certificate} {certificate}\n")
        self.file = folder / "Caddyfile"
        self.file.write_text(f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{example}")
        where = ["--config", str(self.file), "--adapter", "caddyfile"]
        self.command, self.check = ["caddy", "run", *where], ["caddy", "validate", *where]
        told = {"SITE": f"{HOST}:{port}", "WEB": f"127.0.0.1:{web}"}
        self.environment = os.environ | told | {"HOME": str(folder), "XDG_DATA_HOME": str(folder)}


PROXIES = [
    pytest.param(kind, marks=pytest.mark.skipif(not shutil.which(name), reason=f"no {name} here"))
    for name, kind in {"nginx": Nginx, "caddy": Caddy}.items()
]


def free_port() -> int:
    with socket.socket() as knock:
        knock.bind(("127.0.0.1", 0))
        return knock.getsockname()[1]


class Visitor:
    """Asks the proxy over TLS, and believes nothing but the certificate of the test."""

    def __init__(self, port: int, certificate: Path):
        self.port = port
        self.tls = ssl.create_default_context(cafile=certificate)

    def connected(self) -> ssl.SSLSocket:
        return self.tls.wrap_socket(
            socket.create_connection(("127.0.0.1", self.port), timeout=20), server_hostname=HOST
        )

    def ask(self, address: str, **headers: str) -> HTTPResponse:
        client = HTTPConnection(HOST, self.port)
        client.sock = self.connected()
        try:
            client.request("GET", address, headers={"Host": HOST} | headers)
            answer = client.getresponse()
            answer.text = answer.read().decode(errors="replace")
            return answer
        finally:
            client.close()


@contextmanager
def running(proxy: Nginx | Caddy, port: int) -> Iterator[None]:
    process = subprocess.Popen(proxy.command, env=proxy.environment, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(200):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.communicate(timeout=15)


@pytest.fixture(scope="module", params=["", "/register"], ids=["a site of its own", "under a path"])
def web(request, tmp_path_factory, django_db_setup) -> Iterator[tuple[int, str]]:
    """(port, path): the web server, as the containers and the units start it."""
    files = str(tmp_path_factory.mktemp("static"))
    told = PRODUCTION | {"STATIC_ROOT": files, "FORCE_SCRIPT_NAME": request.param, "TRUSTED_PROXY": "127.0.0.1"}
    told |= {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    told |= {"METRICS_ALLOWED": "127.0.0.1", "THROTTLE_ADDRESS": "600/minute"}
    collected = run(str(DEPLOY / "start"), "manage", "collectstatic", "--no-input", "-v0", **told)
    assert collected.returncode == 0, collected.stderr
    with web_server(**told) as port:
        yield port, request.param


@pytest.mark.parametrize("path", ["", "/register"])
@pytest.mark.parametrize("kind", PROXIES)
def test_a_proxy_understands_its_example(kind, path, certificate, tmp_path):
    proxy = kind(tmp_path, free_port(), free_port(), certificate, path)
    checked = subprocess.run(proxy.check, env=proxy.environment, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert path in proxy.file.read_text()


@pytest.mark.attack
@pytest.mark.parametrize("kind", PROXIES)
def test_a_proxy_serves_the_register_and_keeps_from_it_what_it_must_not_get(kind, web, certificate, tmp_path):
    web_port, path = web
    port = free_port()
    with running(kind(tmp_path, port, web_port, certificate, path), port):
        visitor = Visitor(port, certificate)
        page = visitor.ask(f"{path}/placements/")
        assert page.status == 200, page.text[:500]  # over plain http it would redirect
        assert page.headers["Strict-Transport-Security"]
        assert f"https://{HOST}{path}/" in page.text
        file = re.search(r'href="([^"]+\.css)"', page.text)[1]
        assert (file.startswith(f"{path}/static/"), visitor.ask(file).status) == (True, 200)
        assert visitor.ask(f"{path}/metrics").status == 404
        whole = visitor.ask(f"{path}{LARGE}")
        assert (whole.status, len(whole.text) > 50_000) == (200, True)
        assert visitor.ask(f"{path}/?a={'a' * 8200}").status == 414

        # Whatever a visitor says of itself: one address is counted, and the number of the request is of the proxy.
        said = [visitor.ask(f"{path}/healthz", **{"X-Request-ID": "of-the-visitor"}).headers["X-Request-ID"]]
        left = []
        for number in range(2):
            answer = visitor.ask(f"{path}/marks/", **{"X-Forwarded-For": f"192.0.2.{number}"})
            left.append(int(answer.headers["RateLimit"].partition("r=")[2]))
            said.append(answer.headers["X-Request-ID"])
        assert min(left) < 598  # more than these two were counted
        assert ("of-the-visitor" in said, len(set(said))) == (False, 3)
        another = visitor.ask(f"{path}/marks/", Host="another.example.org")
        assert (another.status == 400) != (another.text == "")  # of Django, or of a proxy that knows no such site

        with ExitStack() as slow:  # they cost the proxy a connection each, and the web nothing
            for _ in range(100):
                half = slow.enter_context(visitor.connected())
                half.sendall(f"GET {path}/ HTTP/1.1\r\nHost: {HOST}\r\nX-Half: ".encode())
            assert visitor.ask(f"{path}/marks/").status == 200
            assert ask(web_port, "/healthz", Host=HOST).status == 200
