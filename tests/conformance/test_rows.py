"""The examples reproduce the numbers of the papers and of torchvision exactly."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import cnnc

from .rows import (
    RECEPTIVE_FIELDS,
    ROWS,
    TORCHVISION,
    VGG16_BIASES,
    VGG16_VALUES,
    VGG16_WEIGHTS,
    Field,
    Row,
)

EXAMPLES = Path(__file__).parents[2] / "examples"
UNITS = {"M": 10**6, "G": 10**9}
ENDS_THE_MAP = {"GAP", "GMP", "ADAPTIVE_AVGPOOL", "ADAPTIVE_MAXPOOL", "FLATTEN", "FC"}


def name(case: Row | Field) -> str:
    """A test's id: the program, and its settings where it has some."""
    settings = case.settings if isinstance(case, Row) else {}
    return ",".join([case.program, *(f"{key}={value}" for key, value in settings.items())])


def as_printed(macs: int, printed: str) -> str:
    """`macs` in the unit and with the number of decimals of `printed`.

    >>> as_printed(714_188_480, "0.714 G")
    '0.714 G'
    """
    digits, unit = printed.split()
    decimals = len(digits.partition(".")[2])
    return f"{Decimal(macs) / UNITS[unit]:.{decimals}f} {unit}"


def load(program: str, **settings: Any) -> cnnc.Net:
    return cnnc.load(f"{EXAMPLES / program}", **settings)


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_parameters(row: Row) -> None:
    totals = load(row.program, **row.settings).report().totals
    assert totals.parameters == row.parameters
    assert totals.weights + totals.biases + totals.normalisation == row.parameters


@pytest.mark.parametrize("row", [row for row in ROWS if row.training is not None], ids=name)
def test_parameters_with_training_heads(row: Row) -> None:
    report = load(row.program, **row.settings).report(train=True)
    assert report.totals.parameters == row.training


@pytest.mark.parametrize("row", [row for row in ROWS if row.macs is not None], ids=name)
def test_macs(row: Row) -> None:
    macs = load(row.program, **row.settings).report().totals.macs
    if isinstance(row.macs, str):
        assert as_printed(macs, row.macs) == row.macs
    else:
        assert macs == row.macs


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_totals_are_the_sums_of_the_rows(row: Row) -> None:
    report = load(row.program, **row.settings).report()
    assert report.totals.weights == sum(layer.weights for layer in report.rows)
    assert report.totals.normalisation == sum(layer.normalisation for layer in report.rows)
    assert report.totals.biases == sum(layer.biases for layer in report.rows)
    assert report.totals.buffers == sum(layer.buffers for layer in report.rows)
    assert report.totals.macs == sum(layer.macs for layer in report.rows)
    assert report.totals.activations == sum(layer.activations for layer in report.rows)


@pytest.mark.parametrize("torchvision_name", TORCHVISION)
def test_torchvisions_own_metadata(torchvision_name: str) -> None:
    models = pytest.importorskip("torchvision.models")
    meta = models.get_model_weights(torchvision_name).DEFAULT.meta
    totals = load(TORCHVISION[torchvision_name]).report().totals
    assert totals.parameters == meta["num_params"]
    assert round(totals.macs / 10**9, 3) == meta["_ops"]


@pytest.mark.parametrize("expected", RECEPTIVE_FIELDS, ids=name)
def test_receptive_field_of_the_last_map(expected: Field) -> None:
    rows = load(expected.program).report().rows
    end = next(i for i, row in enumerate(rows) if row.op in ENDS_THE_MAP)
    last = rows[end - 1]
    assert (last.receptive_field, last.jump) == (expected.receptive_field, Fraction(expected.jump))


def test_receptive_field_of_vgg16s_conv5_3() -> None:
    (row,) = [row for row in load("vgg.cnn:VGG16").report().rows if row.path == "features.28"]
    assert (row.receptive_field, row.jump) == (196, Fraction(16))


def test_a_layer_that_sees_everything_has_no_receptive_field() -> None:
    assert load("vgg.cnn:VGG16").report().rows[-1].receptive_field is None


def test_vgg16s_table_in_the_notes() -> None:
    report = load("vgg.cnn:VGG16").report()
    assert report.totals.weights == VGG16_WEIGHTS
    assert report.totals.biases == VGG16_BIASES
    volumes = [row.volume for row in report.rows if row.op in {"INPUT", "CONV", "POOL", "FC"}]
    assert sum(volume.h * volume.w * volume.c for volume in volumes) == VGG16_VALUES
