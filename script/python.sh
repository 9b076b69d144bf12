# Read by script/server and script/test: goes to the top of the checkout and finds a Python that will do.

cd -- "$(dirname -- "$0")/.." || exit 1

for python in python3 python3.14 python3.13 python3.12 python3.11 ""; do
    [ -z "$python" ] || "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break
done

if [ -z "$python" ]; then
    echo "✗ Python 3.11 or newer is needed, and none was found." >&2
    echo "  On Debian or Ubuntu: apt-get install python3 python3-venv. Elsewhere: the packages of your system, or python.org." >&2
    exit 1
fi
