"""What a report counts: batch, dtype, stage, blocks, and the sums."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

import cnnc
import compiler.formats
from compiler.formats.json import json as json_of
from compiler.grouping import lines, total
from compiler.metrics import BY_NAME, METRICS
from compiler.report import Inference, Measure, Report, Training

EXAMPLES = Path(__file__).parents[2] / "examples"
SCHEMA = json.loads(Path(compiler.formats.__file__).with_name("report.schema.json").read_text())
SMALL = "INPUT(8x8x3) -> conv: CONV(4, bias=false) -> bn: BN -> RELU -> GAP -> fc: FC(5)"
NETS = [
    "googlenet.cnn:GoogLeNet",
    "resnet.cnn:ResNet50",
    "densenet.cnn:DenseNet121",
    "vgg.cnn:VGG16",
]


def report(target: str) -> Report:
    return cnnc.load(EXAMPLES / target).journey.report()


@pytest.mark.parametrize("target", NETS)
def test_totals_are_the_sums_of_rows_at_every_depth(target: str) -> None:
    counted = report(target)
    for depth in (None, 1, 2, 3):
        grouped = lines(counted, METRICS, depth)
        for index, metric in enumerate(METRICS):
            numbers = [n for line in grouped if isinstance(n := line.quantities[index], int)]
            if metric.total == "sum" and numbers:
                assert sum(numbers) == total(counted.rows, metric)
            elif metric.total == "largest" and numbers:
                assert max(numbers) == total(counted.rows, metric)


def test_parameters_are_split_by_what_they_do() -> None:
    totals = cnnc.loads(SMALL).report().totals
    assert (totals.weights, totals.biases) == (4 * 27 + 5 * 4, 5)
    assert (totals.normalisation, totals.buffers) == (8, 8)
    assert totals.parameters == 4 * 27 + 8 + 25


def test_a_batch_multiplies_work_and_values_and_no_parameters() -> None:
    net = cnnc.loads(SMALL)
    one, many = net.report().totals, net.report(batch=7).totals
    assert many.parameters == one.parameters and many.buffers == one.buffers
    assert (many.macs, many.flops) == (7 * one.macs, 14 * one.macs)
    assert many.activations == 7 * one.activations
    assert "MACs for 7 images" in str(net.report(batch=7))


@pytest.mark.parametrize(("dtype", "size"), [("float64", 8), ("float16", 2), ("bfloat16", 2)])
def test_a_dtype_changes_bytes_and_nothing_else(dtype: str, size: int) -> None:
    net = cnnc.loads(SMALL)
    one, other = net.journey.report(), net.journey.report(measure=Measure(dtype=dtype))
    assert other.totals.activation_bytes == size * other.totals.activations
    assert other.totals.macs == one.totals.macs
    assert isinstance(one.memory, Inference) and isinstance(other.memory, Inference)
    assert other.memory.least * 4 == one.memory.least * size
    assert f"in {dtype}" in str(net.report(dtype=dtype))


def test_what_is_no_batch_dtype_or_stage_is_refused() -> None:
    net = cnnc.loads(SMALL)
    for wrong in ({"batch": 0}, {"dtype": "float8"}, {"stage": "checked"}):
        with pytest.raises(ValueError, match="no report of"):
            net.report(**wrong)
    with pytest.raises(ValueError, match="not optimised"):
        net.report(train=True, stage="optimised")


def test_the_optimised_graph_is_counted_as_it_runs() -> None:
    """Folding turns a batch norm into the convolution's bias: its module has these arrays."""
    net = cnnc.loads(SMALL)
    rows = net.report(stage="optimised").rows
    assert [row.op for row in rows] == ["INPUT", "CONV", "RELU", "GAP", "FC"]
    model = net.build("torch")
    learned = sum(each.numel() for each in model.parameters())
    assert net.report(stage="optimised").totals.parameters == learned
    assert net.report().totals.parameters == learned + 4


def test_a_depth_folds_blocks_and_names_them() -> None:
    grouped = lines(report("resnet.cnn:ResNet152"), METRICS, 1)
    shown = {line.path: line.text for line in grouped}
    assert list(shown)[:5] == ["0", "conv1", "bn1", "3", "4"]
    assert shown["layer3"] == "397 layers" and shown["fc"] == "FC(1000)"
    deeper = {line.path: line for line in lines(report("resnet.cnn:ResNet152"), METRICS, 2)}
    assert deeper["layer3.35"].text == "bottleneck, 11 layers"
    assert str(deeper["layer3.35"].volume) == "14x14x1024"


def test_csv_is_read_back_by_any_reader() -> None:
    net = cnnc.load(EXAMPLES / "googlenet.cnn:GoogLeNet")
    read = list(csv.DictReader(io.StringIO(net.report().to_csv())))
    rows = net.report().rows
    assert [each["path"] for each in read] == [row.path for row in rows]
    for name in ("macs", "parameters", "buffers", "activation_bytes", "live_bytes"):
        found = sum(int(each[name]) for each in read)
        assert found == sum(int(str(BY_NAME[name].of(row))) for row in rows)
    assert read[-1]["receptive_field"] == "" and read[1]["receptive_field"] == "7"


def test_height_and_width_are_told_apart_where_they_differ() -> None:
    net = cnnc.loads("INPUT(9x9x3) -> CONV(4, 1x7, stride=1x2) -> GAP")
    content = json.loads(net.report().to_json())
    assert content["layers"][1]["receptive_field"] == [1, 7]
    assert content["layers"][1]["jump"] == [1, 2]
    assert content["layers"][1]["start"] == [0.5, 0.5]
    assert content["layers"][2]["start"] is None
    assert " 1x7   1x2" in str(net.report())


@pytest.mark.parametrize("target", NETS)
def test_json_of_two_runs_is_byte_identical(target: str) -> None:
    first, second = (cnnc.load(EXAMPLES / target).report().to_json() for _ in range(2))
    assert first == second


def test_every_metric_has_its_unit_and_method_in_json() -> None:
    content = json.loads(cnnc.loads(SMALL).report().to_json())
    assert [each["name"] for each in content["metrics"]] == list(BY_NAME)
    assert all(each["unit"] and each["method"] for each in content["metrics"])
    for layer in content["layers"]:
        assert set(BY_NAME) <= set(layer)


@pytest.mark.parametrize("target", NETS)
@pytest.mark.parametrize("train", [False, True])
def test_json_follows_its_schema(target: str, train: bool) -> None:
    net = cnnc.load(EXAMPLES / target)
    content = json.loads(net.report(train=train, batch=2).to_json())
    jsonschema.validate(content, SCHEMA)
    blocks = json.loads(json_of(net.journey.report(), 2))
    jsonschema.validate(blocks, SCHEMA)
    assert sum(each["macs"] for each in blocks["blocks"]) == blocks["totals"]["macs"]


def test_the_schema_refuses_what_is_no_report() -> None:
    content = json.loads(cnnc.loads(SMALL).report().to_json())
    for key in ("totals", "memory", "layers"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**content, key: {}}, SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**content, "surprise": 1}, SCHEMA)


def test_training_counts_gradients_and_the_state_of_the_programs_optimizer() -> None:
    for recipe, slots, name in (
        ("", 1, "sgd with momentum (assumed)"),
        ("train { optimizer = sgd(lr=0.1) }", 0, "sgd"),
        ("train { optimizer = sgd(lr=0.1, momentum=0.9) }", 1, "sgd with momentum"),
        ("train { optimizer = adamw }", 2, "adamw"),
        ("train { optimizer = rmsprop(momentum=0.9) }", 2, "rmsprop with momentum"),
    ):
        report = cnnc.loads(f"{recipe} {SMALL}").report(train=True)
        memory, parameters = report.memory, report.totals.parameters
        assert isinstance(memory, Training)
        assert (memory.gradients, memory.optimizer_state) == (
            4 * parameters,
            4 * slots * parameters,
        )
        assert f"state of {name}" in str(report)


def test_a_step_of_training_is_summed_in_words() -> None:
    report = cnnc.load(f"{EXAMPLES}/resnet.cnn:ResNet18").report(train=True, batch=64)
    totals, memory = report.totals, report.memory
    assert isinstance(memory, Training)
    whole = 4 * (totals.parameters + totals.buffers)
    whole += memory.saved + memory.gradients + memory.optimizer_state
    assert f"; {whole / 10**9:,.2f} GB ({whole / 2**30:,.2f} GiB) with parameters" in str(report)
