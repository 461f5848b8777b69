"""`--fail-on`: what is a limit, and when it is crossed."""

from __future__ import annotations

import pytest

from compiler.difference.compare import diff
from compiler.difference.limits import crossed, crossed_alone, limit
from tests.difference.programs import change, report

OLD = "INPUT(8x8x3) -> a: CONV(4) -> RELU -> GAP -> fc: FC(10)"
NEW = "INPUT(8x8x3) -> a: CONV(8) -> RELU -> GAP -> fc: FC(10)"
# 162 parameters become 314, 6,952 MACs 13,904, 500 activations 760 (192 + 4 * 64 * 2 ...).
GROWTH = change(OLD, NEW)

READ = {
    "params>+5%": ("params", ">", 5, "percent"),
    "macs > 600M": ("macs", ">", 600e6, "number"),
    "params>=+100k": ("params", ">=", 100e3, "change"),
    "activations<-10%": ("activations", "<", -10, "percent"),
    "flops<=1.5G": ("flops", "<=", 1.5e9, "number"),
    "memory>2Mi": ("memory", ">", 2 * 2**20, "number"),
    "layers>+2": ("layers", ">", 2, "change"),
    "depth<50": ("depth", "<", 50, "number"),
    "rf<200": ("rf", "<", 200, "number"),
    "buffers>+0": ("buffers", ">", 0, "change"),
    "macs>6e8": ("macs", ">", 6e8, "number"),
}


@pytest.mark.parametrize("text", READ)
def test_limits_are_read(text: str) -> None:
    found = limit(text)
    assert (found.metric, found.compares, found.bound, found.kind) == READ[text]


WRONG = {
    "": "no limit",
    "params": "no limit",
    "params>": "no limit",
    "params=5": "no limit",
    "params>5 apples": "no limit",
    "params>5%": r"per cent is of a change: \+5%",
    "parms>5": "did you mean params",
    "weights>5": "they are params",
    "parameters>5": "did you mean params",
    "receptive_field>5": "did you mean rf",
    "live_bytes>5": "did you mean memory",
    "params>+5%+3": "no limit",
    "params>--5": "no limit",
    "params>1e": "no limit",
    "params>nan": "no limit",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_limit_is_refused_with_the_mend(text: str) -> None:
    with pytest.raises(ValueError, match=WRONG[text]):
        limit(text)


CROSSED = {
    "params>300": True,
    "params>314": False,
    "params>=314": True,
    "params<314": False,
    "params<=314": True,
    "params>+151": True,
    "params>+152": False,
    "params>=+152": True,
    "params>+93%": True,
    "params>+94%": False,
    "params<+94%": True,
    "params<-0": False,
    "macs>+99%": True,
    "macs>+100%": False,
    "flops>27k": True,
    "rf>+0": False,
    "layers>+0": False,
    "layers>4": True,
    "depth<3": True,
    "depth<2": False,
    "rf<4": True,
    "memory>+10%": True,
    "buffers>+0": False,
    "buffers>+0%": False,
}


@pytest.mark.parametrize("text", CROSSED)
def test_limits_are_crossed(text: str) -> None:
    assert bool(crossed(GROWTH, [limit(text)])) == CROSSED[text]


def test_growth_from_nothing_crosses_every_percentage() -> None:
    found = change(OLD, OLD.replace("RELU", "BN"))
    assert crossed(found, [limit("buffers>+1000000%")])
    assert not crossed(change(OLD, OLD), [limit("buffers>+0%")])


def test_the_diagnostic_has_the_numbers_and_the_layers_that_changed_most() -> None:
    (found,) = crossed(GROWTH, [limit("params > +5%")])
    assert found.code == "E0807"
    assert found.title == (
        "net has 314 parameters (162 before, +152, +93.8%): --fail-on 'params>+5%'"
    )
    assert found.notes == ("a: CONV(8) has 224, +112", "fc: FC(10) has 90, +40")


def test_of_a_decrease_the_layers_that_shrank_are_named() -> None:
    (found,) = crossed(change(NEW, OLD), [limit("macs<-10%")])
    assert found.notes == ("a: CONV(4) has 6,912, -6,912", "fc: FC(10) has 40, -40")


def test_a_removed_layer_has_nothing_left() -> None:
    found = change("INPUT(8x8x3) -> a: CONV(4) -> b: CONV(4)", "INPUT(8x8x3) -> a: CONV(4)")
    (diagnostic,) = crossed(found, [limit("params<+0")])
    assert diagnostic.notes == ("b: CONV(4) has 0, -148",)


def test_of_a_new_network_only_numbers_are_compared() -> None:
    limits = [limit("params>+5%"), limit("params>+1"), limit("params>100"), limit("macs>1M")]
    (found,) = crossed_alone(report(OLD), limits)
    assert found.title == "net has 162 parameters: --fail-on 'params>100'"
    assert found.file == "net.cnn"


def test_in_training_memory_is_that_of_a_step() -> None:
    step = report(OLD, "training")
    (found,) = crossed(diff(step, step), [limit("memory>1")])
    assert found.title.startswith("net has 3,104 bytes of a training step (")
