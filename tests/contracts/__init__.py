"""What every kind of instrument promises: a kind fills in `Kind`, and is held to all of it.

class TestPlacements(KindContract):
    model = Placement
    …
"""

import pytest

from .agreement import AgreementContract, OracleContract
from .answers import ApiContract, DetailPageContract, ExportContract, QueryCountContract, SheetContract
from .lists import FilterContract, ListPageContract, PagingContract
from .visibility import VisibilityContract


@pytest.mark.django_db
class KindContract(
    ListPageContract,
    FilterContract,
    PagingContract,  # and sorting
    DetailPageContract,
    ApiContract,
    ExportContract,
    SheetContract,
    QueryCountContract,
    VisibilityContract,
    AgreementContract,
    OracleContract,
):
    """Every contract at once."""
