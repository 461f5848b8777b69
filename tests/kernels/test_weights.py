"""Reading, checking and making weights."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backends.numpy.kernels.weights import check_weights, random_weights, read_weights
from tests.kernels.compare import noise

SHAPES = {"conv.weight": (4, 3, 3, 3), "conv.bias": (4,), "bn.running_var": (4,)}


def test_npz(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    counted = np.array(3)
    weight = noise(2, 3)
    saved: dict[str, Any] = {"a.weight": weight.astype(np.float64), "a.steps": counted}
    np.savez(path, **saved, __metadata__=np.array(json.dumps({"folded": "true"})))
    arrays, metadata = read_weights(path)
    assert metadata == {"folded": "true"}
    assert arrays["a.weight"].dtype == np.float32
    np.testing.assert_array_equal(arrays["a.weight"], weight)
    assert arrays["a.steps"].dtype == counted.dtype
    assert read_weights(str(path))[1] == metadata


def test_safetensors(tmp_path: Path) -> None:
    reference = pytest.importorskip("safetensors.numpy")
    reference.save_file({"a": noise(3)}, tmp_path / "w.SAFETENSORS")
    arrays, metadata = read_weights(tmp_path / "w.SAFETENSORS")
    np.testing.assert_array_equal(arrays["a"], noise(3))
    assert metadata == {}


@pytest.mark.parametrize("name", ["missing.npz", "missing.safetensors"])
def test_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        read_weights(tmp_path / name)


def test_other_suffix(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"w\.pth: weights are read from .npz and .safetensors"):
        read_weights(tmp_path / "w.pth")


def test_damaged_npz(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    path.write_bytes(b"nonsense")
    with pytest.raises(ValueError, match=r"w\.npz: not a \.npz file"):
        read_weights(path)
    np.savez(path, a=noise(100))
    content = bytearray(path.read_bytes())
    content[300] ^= 255
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"w\.npz: a: "):
        read_weights(path)
    np.savez(path, a=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match=r"w\.npz: a: "):
        read_weights(path)
    np.savez(path, __metadata__=np.array("[1]"))
    with pytest.raises(ValueError, match=r"w\.npz: __metadata__"):
        read_weights(path)


def test_check_gives_what_is_named() -> None:
    weights = random_weights(SHAPES, 0)
    given: dict[str, Any] = {
        **weights,
        "conv.weight": np.asfortranarray(weights["conv.weight"]).astype(np.float64),
        "aux.fc.weight": noise(3, 3),
        "bn.num_batches_tracked": np.array(0),
    }
    checked = check_weights(given, SHAPES, ("aux", "bn.num_batches_tracked"))
    assert list(checked) == list(SHAPES)
    for key, array in checked.items():
        assert array.dtype == np.float32
        assert array.flags.c_contiguous
        np.testing.assert_array_equal(array, weights[key])


def test_check_names_all_that_is_wrong() -> None:
    weights: dict[str, Any] = {
        "conv.weight": noise(4, 3, 3),
        "conv.bias": np.arange(4, dtype=np.int64),
        "auxiliary.weight": noise(2),
    }
    with pytest.raises(ValueError) as caught:
        check_weights(weights, SHAPES, ("aux",))
    assert str(caught.value).splitlines() == [
        "these weights do not fit the net:",
        "  bn.running_var: missing",
        "  conv.weight: has shape (4, 3, 3), expected (4, 3, 3, 3)",
        "  conv.bias: holds int64, expected float32",
        "  auxiliary.weight: not a weight of this net",
    ]


@pytest.mark.parametrize(("count", "lines"), [(9, 10), (10, 10), (500, 10)])
def test_check_is_brief(count: int, lines: int) -> None:
    with pytest.raises(ValueError) as caught:
        check_weights({}, {f"layer{i}": (1,) for i in range(count)})
    assert len(str(caught.value).splitlines()) == lines
    assert count < 10 or f"and {count - 8} more" in str(caught.value)


def test_random_weights_are_seeded() -> None:
    one, same, other = (random_weights(SHAPES, seed) for seed in (0, 0, 1))
    assert one.keys() == SHAPES.keys()
    for key, shape in SHAPES.items():
        assert one[key].shape == shape
        assert one[key].dtype == np.float32
        np.testing.assert_array_equal(one[key], same[key])
        assert (one[key] != other[key]).all()
    assert 0.5 <= one["bn.running_var"].min() <= one["bn.running_var"].max() <= 1.5


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet152", "vgg16", "densenet121", "mobilenet_v2"])
def test_random_weights_stay_sane(name: str) -> None:
    torch = pytest.importorskip("torch")
    models = pytest.importorskip("torchvision.models")
    model = models.get_model(name, weights=None, num_classes=10).eval()
    state = {key: value for key, value in model.state_dict().items() if value.ndim}
    weights = random_weights({key: tuple(value.shape) for key, value in state.items()}, 0)
    model.load_state_dict({key: torch.from_numpy(value) for key, value in weights.items()}, False)
    with torch.inference_mode():
        result = model(torch.from_numpy(noise(2, 3, 64, 64))).numpy()
    assert 1e-2 < np.abs(result).max() < 1e4
    assert not np.allclose(result[0], result[1], rtol=1e-2)
