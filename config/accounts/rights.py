"""Nobody gives more rights than they have, nor takes hold of an account or a group that has more."""

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet


def givable(actor) -> QuerySet[Permission]:
    """The rights that somebody may give: their own."""
    found = Permission.objects.select_related("content_type")
    return found if actor.is_superuser else found.filter(_held_by(actor))


def givable_groups(actor) -> QuerySet[Group]:
    """The groups that hold no more than these rights."""
    return Group.objects.exclude(permissions__in=Permission.objects.exclude(pk__in=givable(actor).values("pk")))


def is_within(actor, other: User | Group) -> bool:
    """Whether an account or a group has no right that the actor lacks. One that is switched off keeps its rights."""
    if actor.is_superuser:
        return True
    if isinstance(other, User):
        if other.is_superuser:
            return False
        held = Permission.objects.filter(_held_by(other))
    else:
        held = other.permissions.all()
    return not held.exclude(pk__in=givable(actor).values("pk")).exists()


def _held_by(user: User) -> Q:
    return Q(pk__in=Permission.objects.filter(Q(user=user.pk) | Q(group__user=user.pk)).values("pk"))


def rights_of(what: User | Group) -> dict:
    """The rights of an account or a group in words, as the audit log says them."""
    held = what.user_permissions if isinstance(what, User) else what.permissions
    rights = {"permissions": sorted(held.values_list("codename", flat=True))}
    if isinstance(what, User):
        flags = {name: getattr(what, name) for name in ("is_active", "is_staff", "is_superuser")}
        rights |= {**flags, "groups": sorted(what.groups.values_list("name", flat=True))}
    return rights
