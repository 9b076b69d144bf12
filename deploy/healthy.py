"""Whether the web of this container answers: exit code 0. Asked as by a visitor, as other names are refused."""

import os
import urllib.request

host = os.environ["ALLOWED_HOSTS"].split(",")[0].lstrip(".")
port = os.environ.get("LISTEN", "127.0.0.1:8000").rpartition(":")[2]
question = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": host})
urllib.request.urlopen(question, timeout=5).close()  # noqa: S310  # nosec B310  raises when it does not answer
