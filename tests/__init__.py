import pytest

# pytest explains a failed assertion only in test modules, and where it was told to look.
pytest.register_assert_rewrite("tests.contracts")
