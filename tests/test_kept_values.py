"""What Redis holds is data: nothing that is read from it is run."""

import os
import pickle
from uuid import uuid4

import pytest
from django.core.cache import cache

from cooperation.register.history.answer_cache import Answer


@pytest.fixture
def key():
    key = f"test-{uuid4().hex}"
    yield key
    cache.delete(key)


@pytest.mark.parametrize("value", [b"", b"\x00\xff\n", 0, -7, True, None, 1.5, "é", [1.25, "a"], {"a": [None]}])
def test_values_come_back_as_they_were(key, value):
    cache.set(key, value, 60)
    assert cache.get(key) == value


def test_a_number_is_counted_up(key):
    cache.set(key, 1, 60)
    assert cache.incr(key) == cache.get(key) == 2


def test_a_pickle_is_not_run(key, tmp_path):
    class Code:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "ran"),)

    cache._cache.get_client(key, write=True).set(cache.make_key(key), pickle.dumps(Code()), 60)
    with pytest.raises(ValueError, match="codec can't decode"):
        cache.get(key)
    assert not (tmp_path / "ran").exists()


def test_an_answer_comes_back_as_it_was():
    answer = Answer({"Content-Type": "text/html", "Content-Disposition": 'x; name="é\n"'}, b"\n\x00\xff\n", '"digest"')
    assert Answer.unpacked(answer.packed()) == answer
