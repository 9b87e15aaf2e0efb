"""What a bad input must be told."""

import re

import pytest


def refused(error, words, call):
    """Assert that ``call`` raises exactly ``error``, with these words in their order."""
    with pytest.raises(error, match=".*".join(map(re.escape, words))) as caught:
        call()
    assert type(caught.value) is error
