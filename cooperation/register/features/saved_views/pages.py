"""Pages of one saved view: saving a question under a name, what a view asks, changing it, taking it away."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views import View

from ... import actions
from ...domain.clock import Clock
from ...domain.markings import refuse_marking
from ...lists.params import VIEWS
from ...lists.query import ListQuery
from ...models import SavedView
from ...models.saved_view import LONGEST_QUERY
from ...templatetags.register import at
from ...views import CLOCK_KEYS, ListPage, changed, clock_of
from .lists import list_name, list_pages

# What is not part of a view: where one was in reading it, and how one answer of it is written.
OF_THE_MOMENT = ("page", "cursor", "fields", "expand", "format", "lang", "headers", "beside", "count")
ALL_MAY_SEE = _("Not everybody may see what this question names. Keep the view private.")


def as_saved(question: ListQuery, keeps_days: bool) -> str:
    """A question as a view holds it: with both days in it, or with none."""
    asked = QueryDict(mutable=True)
    for name, values in question.params.lists():
        if any(values) and name not in (*OF_THE_MOMENT, *CLOCK_KEYS):
            asked.setlist(name, [value for value in values if value])
    if keeps_days:
        days = (question.clock.valid_on, question.clock.known_on)
        asked.update({name: day.isoformat() for name, day in zip(CLOCK_KEYS, days, strict=True)})
    return asked.urlencode(safe=",")


def all_may_see(page: type[ListPage], query: str) -> bool:
    """Whether a question names nothing that is hidden from some readers."""
    return not page.ask(QueryDict(query), AnonymousUser()).faults


class NameField(forms.CharField):
    """A name on one line."""

    def to_python(self, value):
        return " ".join(super().to_python(value).split())


class ViewForm(forms.ModelForm):
    """The name of a view, and who sees it. It knows which version of the view it was opened with."""

    version = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = SavedView
        fields = ["name", "shared"]
        field_classes = {"name": NameField}
        labels = {"name": _("Name"), "shared": _("Share with everyone")}
        help_texts = {"shared": _("Everybody can open it, and it is in the API. Otherwise only you know of it.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.version_now = self.initial["version"] = self.instance.updated_at.isoformat()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("version") != self.version_now:
            raise ValidationError(
                _("This view was changed meanwhile, in another window perhaps. Look at what it is now, and try again."),
                code="clash",
            )
        page = list_pages().get(self.instance.resource)
        if cleaned.get("shared") and not (page and all_may_see(page, self.instance.query)):
            self.add_error("shared", ALL_MAY_SEE)
        return cleaned


class SaveForm(forms.ModelForm):
    """A question becomes a view: a new one, or in place of what one of one's own asked so far."""

    days = forms.ChoiceField(widget=forms.RadioSelect, label=_("Days"))
    replaces = forms.ModelChoiceField(
        SavedView.objects.none(),
        required=False,
        to_field_name="key",
        empty_label=_("no, as a new view"),
        label=_("In place of"),
        help_text=_("The view keeps its name and its address, and asks this question from now on."),
    )

    class Meta(ViewForm.Meta):
        pass

    def __init__(self, *args, page: type[ListPage], question: ListQuery, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.page, self.question = page, question
        self.instance.resource, self.instance.owner = page.resource, user
        self.fields["name"].required = False  # a view that is replaced has one
        self.fields["days"].choices = [("today", _("always today")), ("kept", _("keep these two days"))]
        self.initial["days"] = "today" if question.clock.is_today else "kept"
        own = SavedView.objects.filter(owner=user, resource=page.resource)
        self.fields["replaces"].queryset = own
        self.fields["replaces"].label_from_instance = lambda view: view.name
        if not own.exists():
            del self.fields["replaces"]

    def clean(self):
        cleaned = super().clean()
        replaced = cleaned.get("replaces")
        if not replaced and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", _("Give the view a name."))
        self.instance.query = as_saved(self.question, keeps_days=cleaned.get("days") == "kept")
        if not replaced:
            self._refuse_twin(cleaned)
        for _name, words in parse_qsl(self.instance.query):
            refuse_marking(words)
        if len(self.instance.query) > LONGEST_QUERY:
            raise ValidationError(_("This question is too long to be saved."), code="too_long")
        shared = replaced.shared if replaced else cleaned.get("shared")
        if shared and not all_may_see(self.page, self.instance.query):
            self.add_error("replaces" if replaced else "shared", ALL_MAY_SEE)
        return cleaned

    def _refuse_twin(self, cleaned: dict) -> None:
        """Not the same view once more: whoever sends the form twice means one."""
        view = self.instance
        same = SavedView.objects.filter(owner=view.owner, resource=view.resource, query=view.query)
        if twin := same.filter(name=cleaned.get("name", ""), shared=bool(cleaned.get("shared"))).first():
            words = _t("You have saved this already: {view}.")
            link = format_html('<a href="{}">{}</a>', twin.get_absolute_url(), twin.name)
            raise ValidationError(format_html(words, view=link), code="twice")

    def save(self) -> SavedView:
        replaced = self.cleaned_data.get("replaces")
        if not replaced:
            return super().save()
        # As it was looked at: not if it went meanwhile, or came to be shared.
        as_it_was = SavedView.objects.filter(pk=replaced.pk, shared=replaced.shared)
        if not as_it_was.update(query=self.instance.query, updated_at=timezone.now()):
            raise Http404
        return replaced


# --- pages -----------------------------------------------------------------------------------------------------------


def in_words(page_class: type[ListPage], question: ListQuery) -> dict[str, Any]:
    """What a question asks and how it is shown, in words."""
    page = page_class()
    page.question = question
    if question.faults:
        return {
            "faults": [
                {"name": fault.name, "label": page.label(fault.name), "reason": fault.reason}
                for fault in question.faults
            ]
        }
    question.classification  # noqa: B018  noted for the marking of the answer
    count, exact = question.count()
    return {
        "chips": page.chips(),
        "count": count,
        "exact": exact,
        "noun": page.noun if count == 1 else page.nouns,
        "shown_as": VIEWS[question.view] if question.params.get("view") else "",
        "sort": [(column.label, down) for column, down in question.sort] if question.words("sort") else [],
        "columns": [column.label for column in question.chosen_columns] if question.words("columns") else [],
    }


def trail(clock: Clock, *last: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_t("Saved views"), at(reverse("views-list"), clock)), *last]


class SavePage(View):
    """Where a question gets a name. The question is that of the address, as on its list."""

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, resource: str) -> HttpResponse:
        if resource not in list_pages():
            raise Http404
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return super().dispatch(request, list_pages()[resource])

    def get(self, request: HttpRequest, page: type[ListPage]) -> HttpResponse:
        question = page.ask(request.GET, request.user)
        return self.show(request, page, question, SaveForm(page=page, question=question, user=request.user))

    def post(self, request: HttpRequest, page: type[ListPage]) -> HttpResponse:
        question = page.ask(request.GET, request.user)
        form = SaveForm(request.POST, page=page, question=question, user=request.user)
        try:
            # One after the other, so that the second of two that were sent at once finds what the first has saved.
            with actions.write_lock():
                if not question.faults and form.is_valid():
                    return redirect(form.save())
        except actions.NothingWritten as why:
            form.add_error(None, str(why))
            return self.show(request, page, question, form, status=503)
        is_twin = form.has_error(NON_FIELD_ERRORS, "twice")
        return self.show(request, page, question, form, status=409 if is_twin else 400)

    def show(self, request, page, question: ListQuery, form: SaveForm, status: int = 200) -> HttpResponse:
        clock = question.clock
        request.GET = question.params  # as on the list
        list_url = reverse(f"{page.resource}-list") + changed(question.params).removesuffix("?")
        context = {
            "title": _t("Save this view"),
            "clock": clock,
            "breadcrumbs": [(list_name(page.resource), list_url), (_t("Save this view"), "")],
            "list_name": list_name(page.resource),
            "list_url": list_url,
            "form": form,
            **in_words(page, question),
        }
        return render(request, "register/saved_view_save.html", context, status=status)


class SavedViewPage(View):
    """One view: what it asks, how many there are now, and where it is answered. Whose it is can change it."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        view = SavedView.objects.named(key, request.user)
        if view is None:
            raise Http404
        return self.show(request, view, ViewForm(instance=view) if self.is_own(view) else None)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        status = 400
        try:
            with actions.write_lock():
                form = ViewForm(request.POST, instance=self.own(key))
                if form.is_valid():
                    return redirect(form.save())
        except actions.NothingWritten as why:
            form, status = ViewForm(request.POST, instance=self.own(key)), 503
            form.add_error(None, str(why))
        view = SavedView.objects.get(key=key)
        form.data = form.data.copy()
        form.data["version"] = form.version_now  # what is shown now is what can be changed next
        return self.show(request, view, form, status=status)

    def is_own(self, view: SavedView) -> bool:
        return view.owner_id is not None and view.owner_id == self.request.user.pk

    def own(self, key: str) -> SavedView:
        """The view, by whose it is."""
        view = SavedView.objects.named(key, self.request.user)
        if view is None:
            raise Http404
        if not self.is_own(view):
            raise PermissionDenied
        return view

    def show(self, request, view: SavedView, form: ViewForm | None, status: int = 200) -> HttpResponse:
        clock, page = clock_of(request), list_pages().get(view.resource)
        context = {
            "title": view.name,
            "clock": clock,
            "breadcrumbs": trail(clock, (view.name, "")),
            "view": view,
            "list_name": list_name(view.resource),
            "form": form,
            **(self.answer(request, view, page, clock) if page else {}),
        }
        if view.shared:
            context["api_url"] = request.build_absolute_uri(at(reverse("api:views-detail", args=[view.key]), clock))
        return render(request, "register/saved_view.html", context, status=status)

    def answer(self, request, view: SavedView, page: type[ListPage], clock: Clock) -> dict[str, Any]:
        """What the view asks, and the addresses at which that is answered."""
        asked = QueryDict(f"view={view.key}", mutable=True)
        asked.update({name: request.GET[name] for name in CLOCK_KEYS if request.GET.get(name)})
        question = page.ask(asked, request.user)
        by_key = f"?{asked.urlencode()}"
        # The API does not know who asks: what is private is asked there in full.
        in_api = by_key if view.shared else changed(question.params, view=None)
        list_url = reverse(f"{view.resource}-list")
        return {
            "open_url": list_url + by_key,
            "list_url": at(list_url, clock),
            "answer_url": request.build_absolute_uri(reverse(f"api:{view.resource}-list") + in_api),
            "exports": [
                {"label": export.label, "url": f"{list_url}{by_key}&format={name}"}
                for name, export in page.exports(question)
            ],
            **in_words(page, question),
        }


class DeleteViewPage(SavedViewPage):
    """Where a view is taken away, once that is confirmed."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return self.ask(request, self.own(key))

    def ask(self, request, view: SavedView, errors: Sequence[str] = (), status: int = 200) -> HttpResponse:
        clock = clock_of(request)
        context = {
            "errors": errors,
            "title": _t("Delete this view?"),
            "clock": clock,
            "breadcrumbs": trail(clock, (view.name, view.get_absolute_url()), (_t("Delete"), "")),
            "view": view,
        }
        return render(request, "register/saved_view_delete.html", context, status=status)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            with actions.write_lock():
                self.own(key).delete()
        except actions.NothingWritten as why:
            return self.ask(request, self.own(key), [str(why)], status=503)
        return redirect("views-list")
