"""The environment, as the settings read it: a secret may stand in a file, which its name with `_FILE` behind it names.

So a vault, systemd (`LoadCredential`), Kubernetes and Compose hand it over: no process shows it in its environment.
"""

from environ import FileAwareEnv
from environ.fileaware_mapping import FileAwareMapping


class Files(FileAwareMapping):
    """The file goes before the variable. A line ends with its text: editors and `echo` leave a line end there."""

    def __getitem__(self, key):
        return super().__getitem__(key).rstrip("\r\n")


class Environment(FileAwareEnv):
    ENVIRON = Files()
