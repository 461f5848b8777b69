"""docs/history.md says what the comparison says today."""

from itertools import pairwise

from tests.docs.history import ASIDE, FILE, STEPS, history


def test_the_history_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == history(), "make history, then read the difference"


def test_each_step_begins_where_the_last_one_ended() -> None:
    for before, after in pairwise(STEPS):
        assert before.new == after.old


def test_the_history_tells_what_each_paper_is_known_for() -> None:
    """The words of which a reader would miss any."""
    known = {
        "LeNet-5 to AlexNet": ("RELU instead of TANH", "Dropout", "Local response", "Grouped"),
        "AlexNet to ZFNet": ("7x7 at stride 2 instead of 11x11 at stride 4", "No grouped"),
        "ZFNet to VGG-16": ("nothing but 3x3", "Deeper: 16 layers", "No LRN"),
        "VGG-16 to GoogLeNet": ("9 modules", "global average pool", "Reductions"),
        "GoogLeNet to ResNet-50": ("16 shortcuts", "Bottlenecks", "Batch norm", "50 layers"),
        "ResNet-50 to MobileNetV1": ("13 depthwise separable", "times fewer MACs"),
        "MobileNetV1 to MobileNetV2": ("Inverted bottlenecks", "RELU6", "10 shortcuts"),
        "AlexNet to SqueezeNet": ("49 times fewer parameters", "no FC layer"),
        "VGG-16 with batch norm": ("Batch norm: 13 layers", "8,448 more parameters"),
        "VGG-19 to ResNet-34": ("5.4 times fewer MACs", "16 shortcuts"),
        "ResNet-34 to ResNet-50": ("Bottlenecks",),
        "ResNet-50 to ResNeXt-50": ("32 groups", "2 times the filters"),
        "ResNet-50 to DenseNet-121": ("Dense connections: 58 merges", "3.2 times fewer"),
    }
    text = FILE.read_text(encoding="utf-8")
    assert set(known) == {step.title for step in (*STEPS, *ASIDE)}
    for title, words in known.items():
        section = text.partition(f"# {title}\n")[2].split("\n#")[0]
        assert [word for word in words if word not in section] == []
