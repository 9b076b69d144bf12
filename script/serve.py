"""What `script/server` does: the command line and the environment. The rest is `script.embedded.server`."""

import argparse
import os

import environment

DESCRIPTION = """\
Serves the register from this checkout, with everything it needs.

The first start makes a Python environment in .venv and fills a database; later starts go on with it.
The servers that DATABASE_URL and REDIS_URL name are used where these are set; else built-in ones, whose data are kept
in a directory of their own that is named when they start. Ctrl-C stops everything.
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        "script/server", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (%(default)s)")
    parser.add_argument("--port", default=8000, type=int, help="port to serve on (%(default)s)")
    parser.add_argument("--no-data", action="store_true", help="do not load the data set into an empty register")
    options = parser.parse_args()
    environment.enter(environment.RUNTIME)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

    from script.embedded.server import serve

    return serve(environment.ROOT, options.host, options.port, with_data=not options.no_data)


if __name__ == "__main__":
    environment.run(main)
