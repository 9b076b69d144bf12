"""What `script/audit` does: the command line and the environment. The rest is `script.supply_chain.audit`."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import environment

DESCRIPTION = """\
Looks at what the register runs on (requirements.txt, and what lies inside those packages): has each part a licence that
is allowed, and is a vulnerability known in one of them? The second asks a public database, which needs a network.

It ends with 0 if all is well, 1 if something was found, and 3 if it could not look everything up.
--sbom FILE writes the bill of materials (CycloneDX, JSON) instead, --licences lists each part with its licence; these
need no network.
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        "script/audit", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sbom", type=lambda text: Path(text).absolute(), metavar="FILE", help="write the SBOM")
    parser.add_argument("--licences", action="store_true", help="list them")
    options = parser.parse_args()
    environment.enter(environment.DEVELOPMENT)
    from script.supply_chain.audit import audit, list_licences, write_bill

    if options.sbom:
        return write_bill(options.sbom)
    return list_licences() if options.licences else audit()


if __name__ == "__main__":
    environment.run(main)
