"""Generated PyTorch beside torchvision's models on a CUDA card, with the same weights.

python -m benchmarks.cuda [--batch 1 8 64] [--precision float32 tf32 bf16] [--rounds N] [NET ...]

Contenders take turns in one process; a time is that of a whole call, to the card and until it has
ended, the image there already. Ratios are to torchvision's module, eager, in the same precision.
Before anything is timed, what they compute in float32 is compared. Where there is no card nothing
is measured; --device cpu tries the script itself.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from backends.torch.helpers.devices import arithmetic, on_device
from backends.torch.helpers.graphs import CudaGraph
from benchmarks._timing import print_table
from benchmarks.inference import EXAMPLES, theirs
from benchmarks.torch_inference import NETS, table
from cnnc import load
from cnnc.benching.agreement import differences
from cnnc.benching.contender import Contender, Maker, Run, construct
from cnnc.benching.rounds import take_turns
from tests.conformance.torchvisions import as_ours

PRECISIONS = ("float32", "tf32", "bf16")
BASE = "theirs eager"


def ours(name: str) -> Any:
    model: Any = load(EXAMPLES / NETS[name]).build("torch")
    model.load_state_dict(as_ours(theirs(name).state_dict()))
    return model.eval()


def makers(
    name: str,
    batch: int,
    precision: str,
    device: torch.device,
    whole: Callable[[Callable[[], Any]], Run],
) -> Iterator[Maker]:
    noise = torch.Generator().manual_seed(0)
    image = on_device(torch.randn(batch, 3, 224, 224, generator=noise), device)

    def eager(build: Callable[[str], Any], last: bool = False) -> Run:
        model, x = build(name).to(device), image
        if last:
            model = model.to(memory_format=torch.channels_last)
            x = x.to(memory_format=torch.channels_last)
        return whole(lambda: model(x))

    def compiled(build: Callable[[str], Any], mode: str) -> Run:
        model = torch.compile(build(name).to(device), mode=mode, dynamic=False)
        return whole(lambda: model(image))  # type: ignore[no-untyped-call]  # torch has no types there

    def graph() -> Run:
        with arithmetic(precision, device, recorded=True):
            recorded = CudaGraph(ours(name).to(device), image)
        return whole(lambda: recorded(image))

    made: dict[str, Callable[[], Run]] = {
        BASE: lambda: eager(theirs),
        "theirs last": lambda: eager(theirs, last=True),
        "theirs compiled": lambda: compiled(theirs, "max-autotune"),
        "ours eager": lambda: eager(ours),
        "ours compiled": lambda: compiled(ours, "max-autotune"),
        "ours graph": graph,
    }
    if device.type != "cuda":
        del made["ours graph"]
    return (Maker(each, each, make, torch.get_num_threads()) for each, make in made.items())


def compare(name: str, batch: int, precision: str, options: argparse.Namespace) -> dict[str, float]:
    """The fastest time of each."""
    device = torch.device(options.device)

    def whole(run: Callable[[], torch.Tensor]) -> Run:
        def until_done() -> torch.Tensor:
            result = run()
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            return result if timed else result.float().cpu()

        return until_done

    timed = False
    with torch.inference_mode(), arithmetic(precision, device):
        contenders: list[Contender] = []
        for maker in makers(name, batch, precision, device, whole):
            torch._dynamo.reset()
            contenders.append(construct(maker))
        if precision == "float32":
            differences(name, contenders, contenders[0].outputs)
        timed = True
        times = take_turns(contenders, options.rounds, None, lambda what: None)
    return {each: float(np.min(taken)) for each, taken in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nets", nargs="*", choices=[[], *NETS], metavar="NET")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--precision", nargs="+", choices=PRECISIONS, default=list(PRECISIONS))
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--device", default="cuda")
    options = parser.parse_args()
    if options.device.startswith("cuda") and not torch.cuda.is_available():
        print("no CUDA device on this machine: nothing is measured")
        return
    torch.backends.cudnn.benchmark = True
    name = torch.cuda.get_device_name(options.device) if options.device != "cpu" else "cpu"
    print(f"{name}, torch {torch.__version__}, CUDA {torch.version.cuda}")
    for precision in options.precision:
        for batch in options.batch:
            results = {net: compare(net, batch, precision, options) for net in options.nets or NETS}
            print(f"\n{precision}, batch {batch}: milliseconds (ratio)")
            print_table(*table(results, BASE))


if __name__ == "__main__":
    main()
