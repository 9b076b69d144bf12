"""What every kind of instrument promises: a kind fills in `Kind`, and is held to it.

class TestPlacements(KindContract):
    kind = PLACEMENTS
    …
"""

import pytest

from .agreement import OracleContract
from .answers import (
    ApiContract,
    DetailPageContract,
    ExportContract,
    ExportDeclaration,
    MapContract,
    QueryCountContract,
    SheetContract,
)
from .facets import FacetsContract, FormContract, FormDeclaration
from .lists import (
    FilterContract,
    FilterDeclaration,
    ListDeclaration,
    ListPageContract,
    PagingContract,
    SortDeclaration,
)
from .tables import TableContract


@pytest.mark.django_db
class DeclaredKind(
    ListDeclaration,
    FilterDeclaration,
    SortDeclaration,
    DetailPageContract,
    ApiContract,
    ExportDeclaration,
    MapContract,
    QueryCountContract,
    FacetsContract,  # and agreement
    FormDeclaration,
):
    """What follows from the declaration of a kind, and what no kind may get wrong: every kind is held to it.

    That is: its keys, columns and fields, that page, API and export agree, and how many queries it takes. Who sees it
    is tried for all kinds at once, by `test_leaks`.
    """


class KindContract(
    FilterContract,
    PagingContract,  # and sorting
    OracleContract,
    TableContract,  # and what is seen
    DeclaredKind,
):
    """What the kernel does with ladder and dates of a kind: for a kind of evidence and for one that follows others."""

    examples = 6
    is_second = False  # whether what is not of `DeclaredKind` is left out by `script/test --quick`


class KernelContract(ListPageContract, ExportContract, SheetContract, FormContract, KindContract):
    """What the kernel does in the same way for every kind as well: for one of them."""
