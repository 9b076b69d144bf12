"""What the administration shows of tables that hang on one kind."""

from .models import Vote
from .register.editing.admin import Rows


class VoteInline(Rows):
    model = Vote
