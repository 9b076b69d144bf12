"""What `script/administrator` does: the command line and the environment. The rest: `script.embedded.administrator`."""

import argparse
import os

import environment

DESCRIPTION = """\
Makes an account that may do everything under /admin/, in the database that script/server uses.

It asks for a user name and a password; without a terminal it takes them from DJANGO_SUPERUSER_USERNAME and
DJANGO_SUPERUSER_PASSWORD. It works while script/server runs, and while it does not.
"""


def main() -> int:
    argparse.ArgumentParser(
        "script/administrator", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    environment.enter(environment.RUNTIME)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

    from script.embedded.administrator import make_administrator

    return make_administrator(environment.ROOT)


if __name__ == "__main__":
    environment.run(main)
