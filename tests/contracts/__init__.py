"""What every kind of instrument promises: a kind fills in `Kind`, and is held to all of it.

class TestPlacements(KindContract):
    model = Placement
    …
"""

import pytest

from .agreement import OracleContract
from .answers import ApiContract, DetailPageContract, ExportContract, MapContract, QueryCountContract, SheetContract
from .facets import FacetsContract, FormContract
from .lists import FilterContract, ListPageContract, PagingContract
from .tables import TableContract


@pytest.mark.django_db
class KindContract(
    ListPageContract,
    FilterContract,
    PagingContract,  # and sorting
    DetailPageContract,
    ApiContract,
    ExportContract,
    SheetContract,
    MapContract,
    QueryCountContract,
    FacetsContract,  # and agreement
    FormContract,
    OracleContract,
    TableContract,  # and what is seen
):
    """Every contract at once."""
