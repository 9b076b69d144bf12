"""What is deployed: files that parse, whose commands exist, on settings that Django finds nothing to say about."""

import os
import re
import shlex
import shutil
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
import yaml
from psycopg2.errors import InsufficientPrivilege
from psycopg2.extensions import make_dsn

from script.embedded.postgres import PASSWORDS, Postgres
from script.embedded.state import temporary_state
from script.embedded.valkey import Valkey
from tests.databases import query

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
PRODUCTION = {
    "SECRET_KEY": "a-key-of-the-tests-" * 4,
    "ALLOWED_HOSTS": "register.example.org",
    "DATABASE_URL": "postgresql:///nowhere",
    "REDIS_URL": "rediss://nowhere",
    "DJANGO_SETTINGS_MODULE": "config.settings.base",
}
PARTS = re.findall(r"^    (\w[\w |]*)\) ", (DEPLOY / "start").read_text(), re.MULTILINE)
PARTS = [name.strip() for names in PARTS for name in names.split("|")]
UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir())


def run(*command: str, without: str = "", **environment: str) -> subprocess.CompletedProcess:
    known = {name: value for name, value in (os.environ | PRODUCTION | environment).items() if name != without}
    return subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True, check=False)


# --- the commands ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("part", [part for part in PARTS if part != "prepared"])
def test_every_part_starts_a_program_that_is_there(part):
    done = run(str(DEPLOY / "start"), part, "--help")
    assert done.returncode == 0, done.stderr
    assert "usage" in done.stdout.lower() or "available subcommands" in done.stdout.lower()


def test_there_is_no_other_part():
    assert {"web", "worker", "scheduler", "prepare", "prepared", "backup", "restore", "manage"} == set(PARTS)
    assert run(str(DEPLOY / "start"), "nonsense").returncode == 2


def release_with(python: str, folder: Path) -> Path:
    """A release of nothing but `deploy/start`, with a script in the place of Python."""
    (folder / "deploy").mkdir(parents=True)
    (folder / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(DEPLOY / "start", folder / "deploy")
    program = folder / ".venv" / "bin" / "python"
    program.write_text(f"#!/bin/sh\n{python}\n")
    program.chmod(0o755)
    return program


def test_what_is_prepared_starts_when_the_tables_are_there(tmp_path):
    release_with('echo "$@"; case "$*" in *--check) [ -e looked ] || { touch looked; exit 1; } ;; esac', tmp_path)
    (tmp_path / ".venv" / "bin" / "sleep").symlink_to("/bin/true")
    looked, again, started = run(str(tmp_path / "deploy" / "start"), "prepared", "web").stdout.splitlines()
    assert looked == again == "-m config.operations.prepare --check"
    assert started.startswith("-m config.operations.server ")


def test_a_release_that_is_called_by_a_link_stays_itself_when_the_link_goes_on(tmp_path):
    release, link = tmp_path / "1.0", tmp_path / "register"
    python = release_with('echo "$0 $PWD"', release)
    link.symlink_to(release)
    assert run(str(link / "deploy" / "start"), "web").stdout.split() == [str(python), str(release)]


OWNER = {"DATABASE_OWNER_URL": "owner"}


@pytest.mark.parametrize(
    ("part", "told", "file", "variable"),
    [
        ("prepare", {}, "", "serves"),
        ("prepare", OWNER, "", "owner"),
        ("prepare", {"DATABASE_URL_FILE": "/serves", **OWNER}, "", "owner"),
        ("prepare", {"DATABASE_URL_FILE": "/serves", "DATABASE_OWNER_URL_FILE": "/owner"}, "/owner", "serves"),
        ("restore", OWNER, "", "owner"),
        ("backup", OWNER, "", "serves"),
        ("web", {"DATABASE_URL_FILE": "/serves", "DATABASE_OWNER_URL_FILE": "/owner", **OWNER}, "/serves", "serves"),
    ],
)
def test_only_who_changes_tables_is_told_of_the_owner_by_a_variable_or_a_file(tmp_path, part, told, file, variable):
    release_with('echo "$DATABASE_URL_FILE,$DATABASE_URL,$DATABASE_OWNER_URL,$DATABASE_OWNER_URL_FILE"', tmp_path)
    said = run(str(tmp_path / "deploy" / "start"), part, **{"DATABASE_URL": "serves", **told}).stdout.strip()
    assert said == f"{file},{variable},,"


@pytest.mark.slow
def test_django_finds_nothing_to_say_about_the_settings_of_production(tmp_path):
    """Nor about secrets that stand in files, which go before the variables."""
    secrets = {name: value for name, value in PRODUCTION.items() if name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL")}
    for name, value in secrets.items():
        (tmp_path / name).write_text(f"{value}\n")
    in_files = {f"{name}_FILE": str(tmp_path / name) for name in secrets} | dict.fromkeys(secrets, "weak")
    done = run(str(DEPLOY / "start"), "manage", "check", "--deploy", "--fail-level", "WARNING", **in_files)
    assert (done.returncode, "no issues (0 silenced)" in done.stdout) == (0, True), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
def test_without_a_secret_nothing_starts(name):
    done = run(str(DEPLOY / "start"), "manage", "check", without=name)
    assert done.returncode != 0
    assert f"Set the {name} environment variable" in done.stderr


# --- what is said to the machine -------------------------------------------------------------------------------------


OF_SERVING = {"web", "worker", "scheduler", "prepare"}  # what runs where the register is served
A_RELEASE = re.compile(r":[\w.-]+$")  # the end of the name of an image


def test_the_compose_file_starts_every_part_and_lets_none_do_more_than_it_must():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = compose["services"]
    ours = {name: service for name, service in services.items() if service["image"].startswith("register")}
    serving = {name: ["prepared", name] for name in ("web", "worker", "scheduler")}
    commands = {name: service["command"] for name, service in ours.items()}
    assert commands == serving | {"prepare": ["prepare"], "backup": ["backup", "/backups"]}
    assert not any("depends_on" in service for service in services.values())  # podman would start nothing again
    ends = {"prepare", "backup"}
    assert {name: service["restart"] for name, service in services.items()} == {
        name: "no" if name in ends else "always"  # all that `podman-restart.service` starts after a boot
        for name in services
    }
    for name, service in ours.items():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["networks"] == (["inside", "issuer"] if name == "web" else ["inside"])
        assert "ports" not in service
    assert compose["networks"]["inside"]["internal"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert all(A_RELEASE.search(service["image"]) for service in services.values())
    for service in services.values():
        files = [volume.split(":")[0] for volume in service.get("volumes", ()) if volume.startswith("./")]
        assert all((DEPLOY / file).exists() for file in files)
    # The web knows the proxy by its address in the one network that they share.
    assert set(services["proxy"]["networks"]) & set(services["web"]["networks"]) == {"inside"}
    proxy = services["proxy"]["networks"]["inside"]["ipv4_address"]
    (range_of_others,) = (each["ip_range"] for each in compose["networks"]["inside"]["ipam"]["config"])
    assert ip_address(proxy) not in ip_network(range_of_others)
    assert f"TRUSTED_PROXY={proxy}\n" in (DEPLOY / "register.env.example").read_text()


def test_on_kubernetes_the_same_parts_may_do_as_little():
    found = yaml.safe_load((DEPLOY / "kubernetes.yaml").read_text())["items"]
    started = {each["metadata"]["name"]: each["spec"] for each in found if "template" in each["spec"]}
    assert set(started) == OF_SERVING
    for name, spec in started.items():
        pod = spec["template"]["spec"]
        assert spec["template"]["metadata"]["labels"] == {"app": "register", "part": name}
        assert name == "prepare" or spec["selector"]["matchLabels"]["part"] == name
        assert (pod["automountServiceAccountToken"], pod["securityContext"]["runAsNonRoot"]) == (False, True)
        assert f"USER {pod['securityContext']['runAsUser']}:" in (DEPLOY / "Containerfile").read_text()
        assert [container["args"] for container in pod["containers"]] == [[name]]
        for container in (*pod["containers"], *pod.get("initContainers", ())):
            limits = container["securityContext"]
            assert (limits["allowPrivilegeEscalation"], limits["readOnlyRootFilesystem"]) == (False, True)
            assert limits["capabilities"] == {"drop": ["ALL"]}
            assert container["args"][0] in PARTS
            assert A_RELEASE.search(container["image"])
            owner = {"secretRef": {"name": "register-owner"}}  # only who migrates knows the password of the owner
            assert (owner in container["envFrom"]) == (name == "prepare")
    web = started["web"]["template"]["spec"]["containers"][0]
    assert (ROOT / web["livenessProbe"]["exec"]["command"][1]).exists()
    assert (
        f"ALLOWED_HOSTS={web['readinessProbe']['httpGet']['httpHeaders'][0]['value']}\n"
        in (DEPLOY / "register.env.example").read_text()
    )
    assert started["scheduler"]["replicas"] == 1
    policies = {each["metadata"]["name"]: each["spec"] for each in found if each["kind"] == "NetworkPolicy"}
    assert "ingress" not in policies["register"]
    assert policies["register"]["podSelector"]["matchLabels"] == {"app": "register"}


def test_the_image_gets_no_secrets():
    assert "deploy/register.env" in (ROOT / ".containerignore").read_text().splitlines()


@pytest.mark.slow
def test_valkey_asks_for_the_password_of_the_example():
    """Started as the compose file says it, with the program that `script/server` has."""
    valkey = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["valkey"]
    told = dict(re.findall(r"^(\w+)=(.*)", (DEPLOY / "register.env.example").read_text(), re.MULTILINE))
    with temporary_state() as state:
        built_in = Valkey(state)
        *shell, command = (part.replace("$$", "$") for part in valkey["command"])
        command = command.replace("valkey-server", shlex.join(map(str, built_in.command)))
        built_in.command = [*shell, command]
        built_in.options["env"] = {"VALKEY_PASSWORD": told["VALKEY_PASSWORD"]}
        built_in._answers = lambda: (state.run / Valkey.SOCKET).exists()
        with built_in:
            with redis.Redis.from_url(built_in.url) as stranger, pytest.raises(redis.AuthenticationError):
                stranger.ping()
            with redis.Redis.from_url(built_in.url, password=urlsplit(told["REDIS_URL"]).password) as ours:
                assert ours.ping()


@pytest.mark.slow
@pytest.mark.xdist_group("processes")
def test_the_roles_of_the_compose_file_are_no_superusers():
    with temporary_state() as state, Postgres(state, durable=False) as postgres:
        for statement in ("DROP DATABASE register", "DROP ROLE register, register_app"):  # as the image has it
            query(postgres.superuser_url.replace("/register?", "/postgres?"), statement)
        server = {"PATH": f"{postgres.programs}:{os.environ['PATH']}", "PGHOST": str(state.run)}
        passwords = {"OWNER_PASSWORD": "it's", "APPLICATION_PASSWORD": "b", "PGPASSFILE": str(state.path / PASSWORDS)}
        done = run(str(DEPLOY / "roles.sh"), **server, **passwords)
        assert done.returncode == 0, done.stderr
        owner = make_dsn(host=state.run, dbname="register", user="register", password="it's")
        serves = make_dsn(owner, user="register_app", password="b")
        query(owner, "CREATE EXTENSION pg_trgm; CREATE TABLE post (id int GENERATED ALWAYS AS IDENTITY, city text)")
        assert query(serves, "INSERT INTO post (city) VALUES ('Tirana') RETURNING id") == [(1,)]
        for role, statement in ((serves, "DROP TABLE post"), (owner, "CREATE ROLE other")):
            with pytest.raises(InsufficientPrivilege):
                query(role, statement)


def test_the_last_stage_of_the_container_has_no_tools_and_no_root():
    stages = (DEPLOY / "Containerfile").read_text().split("\nFROM ")
    last = stages[-1]
    assert len(stages) == 3  # the comment before the first one too
    assert re.search(r"^USER \d+:\d+$", last, re.MULTILINE)
    assert "pip uninstall --yes pip" in last
    assert not re.search(r"pip install|apt|gcc", last)
    assert 'ENTRYPOINT ["deploy/start"]' in last
    for line in re.findall(r"^COPY (?!--from)(.+)$", "\n".join(stages), re.MULTILINE):
        assert all((ROOT / source).exists() for source in line.split()[:-1]), line
    assert "--require-hashes" in stages[1]


@pytest.mark.parametrize("name", UNITS)
def test_units_call_the_same_parts(name):
    unit = (DEPLOY / "systemd" / name).read_text()
    if name.endswith(".service"):
        program, part = re.search(r"^ExecStart=/opt/register/(\S+) (\w+)", unit, re.MULTILINE).groups()
        assert os.access(ROOT / program, os.X_OK)
        assert (program, part in PARTS) == ("deploy/start", True)
    else:
        assert name.replace(".timer", ".service") in UNITS


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_understands_the_units_and_finds_them_closed(tmp_path):
    for name in UNITS:
        unit = (DEPLOY / "systemd" / name).read_text().replace("/opt/register", str(ROOT))
        (tmp_path / name).write_text(re.sub(r"^EnvironmentFile=.*\n", "", unit, flags=re.MULTILINE))
    said = run("systemd-analyze", "verify", *(str(tmp_path / name) for name in UNITS))
    assert [line for line in said.stderr.splitlines() if str(tmp_path) in line] == []
    for name in UNITS:
        if name.endswith(".service"):
            found = run("systemd-analyze", "security", "--offline=true", "--no-pager", str(tmp_path / name))
            assert float(re.search(r"exposure level for \S+ ([\d.]+)", found.stdout)[1]) < 2, found.stdout


# --- what is written about it ----------------------------------------------------------------------------------------


def variables_that_are_read() -> set[str]:
    """By the settings, the web server, and the scripts of an operator."""
    found: set[str] = set()
    for file in ("config/settings/base.py", "config/operations/server.py", "script/backups/__main__.py"):
        text = (ROOT / file).read_text()
        found |= set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', text))
        found |= set(re.findall(r'environ(?:\.get|\.setdefault)?[\[(]"([A-Z_]+)"', text))
    found |= set(re.findall(r"\$\{([A-Z_]+):-", (DEPLOY / "start").read_text()))
    found -= {name for name in found if name.endswith("_FILE")}  # any of them may have that behind its name
    return found - {"DJANGO_SETTINGS_MODULE", "STATE_DIRECTORY", "NOTIFY_SOCKET"}  # those of systemd


def test_every_variable_is_in_the_document_and_no_other():
    part = (ROOT / "docs" / "operations.md").read_text().partition("## Variables\n")[2].partition("\n## ")[0]
    told = re.findall(r"^\| `([A-Z_]+)` \|", part, re.MULTILINE)
    assert sorted(told) == sorted(variables_that_are_read())


def test_the_example_names_only_variables_that_are_read():
    named = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "register.env.example").read_text(), re.MULTILINE))
    of_containers = {f"{whose}_PASSWORD" for whose in ("POSTGRES", "OWNER", "APPLICATION", "VALKEY")}
    assert named - variables_that_are_read() == of_containers


@pytest.mark.slow
def test_what_serves_does_not_know_the_password_of_the_owner():
    names = ("DATABASE_OWNER_URL", "OWNER_PASSWORD", "POSTGRES_PASSWORD", "APPLICATION_PASSWORD")
    told = dict.fromkeys(names, "owner-secret")
    known = "import os; print(*os.environ.values(), sep=chr(10))"
    said = run(str(DEPLOY / "start"), "manage", "shell", "--no-imports", "-c", known, **told).stdout
    assert PRODUCTION["SECRET_KEY"] in said
    assert "owner-secret" not in said


def test_the_proxy_logs_no_words_that_were_asked():
    said = (ROOT / "deploy/nginx.conf").read_text()
    assert "log_format register" in said
    assert "$request_uri" not in said.replace("https://$host$request_uri", "")
    assert "$args" not in said


def test_the_proxies_give_each_request_an_id_and_keep_the_metrics_to_themselves():
    nginx, caddy = (DEPLOY / "nginx.conf").read_text(), (DEPLOY / "Caddyfile").read_text()
    assert "proxy_set_header X-Request-ID $request_id;" in nginx
    assert "header_up X-Request-ID {http.request.uuid}" in caddy
    assert re.search(r"location = /metrics {\s+return 404;", nginx)
    assert "respond /metrics 404" in caddy
