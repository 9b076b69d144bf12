"""Columns of the list of lighthouses."""

from cooperation.register.lists import columns as shared
from cooperation.register.lists.columns import Column, by_date, by_field, date_cell


def _lit(record, clock):
    milestone = record.occurred("lighted")
    return milestone.date if milestone else None


LIGHTHOUSE_COLUMNS = [
    shared.TITLE,
    shared.KIND,
    shared.STAGE,
    Column("lit", "Lit", _lit, date_cell("lighted"), by_date("lighted")),
    Column("height", "Height", lambda record, clock: record.height, sort=by_field("height"), numeric=True),
    shared.KEY,
]
