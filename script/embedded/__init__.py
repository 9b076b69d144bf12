"""PostgreSQL and Valkey for one checkout: what `script/server`, `script/test` and `script/bench` run on.

Two Python packages provide the binaries. They serve on Unix sockets only, with their data in a directory of their own
(`state`). Servers named in the environment go first, and one that does not answer is an error, never a reason to use
another (`addresses`). Production imports nothing from here.
"""
