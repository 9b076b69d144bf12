"""Cells of the list of placements that take more than words."""

from django.template.loader import render_to_string


def post_cell(record, clock, marks):
    """The title, with the kind of post and who sends it."""
    senders = ", ".join(part.organisation.name for part in record.organisations_then if part.role == "sender")
    return render_to_string("register/cells/title.html", {"record": record, "clock": clock, "more": senders})


def planned_end_cell(record, clock, marks):
    """The planned end by the latest word on it, which need not be the latest day."""
    if record.plan is None:
        return ""
    return render_to_string("register/cells/date.html", {"milestone": record.plan, "marks": marks})


def where_cell(record, clock, marks):
    """Where a post sits, and what it covers from there."""
    parts = {"hosts": record.countries_in("host"), "covered": record.countries_in("covered")}
    return render_to_string("placements/cells/where.html", {"record": record, "clock": clock, **parts})
