"""A middleware that refuses, with 400, what no link and no form of the administration sends."""

from collections.abc import Iterator

from django.apps import apps
from django.core.exceptions import BadRequest, FieldDoesNotExist, ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _t


class OddInput:
    """NUL, which no text of the database can hold; keys that are none; fields that lead to no record."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        match = request.resolver_match
        if "admin" in match.app_names and not (
            all("\x00" not in text for text in _texts(request))
            and (match.url_name != "autocomplete" or _leads_to_a_record(request.GET))
            and all(is_key(view.model_admin.model, row) for row in request.POST.getlist("_selected_action"))
        ):
            raise BadRequest(_t("The administration never asks this. Nothing was changed."))


def _texts(request) -> Iterator[str]:
    yield request.path
    for sent in (request.GET, request.POST):
        for name, values in sent.lists():
            yield from (name, *values)


def _leads_to_a_record(asked) -> bool:
    """Whether the field for which choices are wanted is there, and is one in which a record is chosen."""
    try:
        model = apps.get_model(asked.get("app_label", ""), asked.get("model_name", ""))
        field = model._meta.get_field(asked.get("field_name", ""))
    except (LookupError, FieldDoesNotExist):
        return False
    return bool(field.related_model) and not field.auto_created


def is_key(model: type[Model], text: str) -> bool:
    """Whether a text can be the primary key of a record of this model: others are an error where they are looked up."""
    key = model._meta.pk
    while key.remote_field:
        key = key.target_field
    try:
        key.run_validators(key.to_python(text))
    except ValidationError:
        return False
    return True
