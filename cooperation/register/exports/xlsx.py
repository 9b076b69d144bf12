"""XLSX: Excel's workbook. Texts are written as texts, so that none becomes a formula."""

from datetime import date, datetime
from typing import BinaryIO

from xlsxwriter import Workbook

from .sheets import BROADEST, Book, Sheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class XlsxSheet(Sheet):
    def __init__(self, workbook: Workbook, name: str):
        super().__init__()
        self.sheet = workbook.add_worksheet(name)
        self.bold = workbook.add_format({"bold": True})
        self.day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        self.sheet.freeze_panes(1, 0)

    def write_row(self, cells, is_head=False):
        for place, cell in enumerate(cells):
            if isinstance(cell, datetime):
                self.sheet.write_datetime(self.count, place, cell, self.moment)
            elif isinstance(cell, date):
                self.sheet.write_datetime(self.count, place, cell, self.day)
            elif not isinstance(cell, str):
                self.sheet.write_number(self.count, place, cell)
            elif cell:
                self.sheet.write_string(self.count, place, cell, self.bold if is_head else None)

    def finish(self) -> None:
        self.sheet.autofilter(0, 0, self.count, len(self.widths) - 1)
        for place, width in enumerate(self.widths):
            self.sheet.set_column(place, place, min(width, BROADEST))


class XlsxBook(Book):
    def __init__(self, file: BinaryIO):
        # In constant memory: each row is written away when the next one begins.
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.workbook = Workbook(file, options)
        self.sheets: list[XlsxSheet] = []

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for sheet in self.sheets:
            sheet.finish()
        self.workbook.close()

    def sheet(self, name):
        self.sheets.append(XlsxSheet(self.workbook, name))
        if self.marking:
            self.sheets[-1].sheet.set_header(f"&C&B{self.marking}")
            self.sheets[-1].sheet.set_footer(f"&C&B{self.marking}")
        return self.sheets[-1]
