"""What the picture's component is given: nothing that it could run, open or load."""

import pytest

from portal.ui.drawing import LONGEST, SafeNode

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize("label", [HOSTILE, "javascript:alert(1)", "a" * 500, "", "\u202e\x00"])
def test_a_node_carries_no_title_image_or_markup(label: str) -> None:
    node = SafeNode("k1", label, title=HOSTILE, image="http://evil.example/x.png", shape="dot", x=1, y=2)
    given = vars(node)
    assert "title" not in given  # the component puts it into the page as HTML
    assert not given.get("image")
    assert given["id"] == "k1"
    assert len(given["label"].replace("\n", "")) <= LONGEST
    assert given["font"]["multi"] is False  # the label is drawn, never parsed
