"""Programs that are broken at random, from whatever gives random numbers: a seed or hypothesis."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from random import Random

from compiler.expansion.functions import FUNCTIONS
from compiler.ops import SIGNATURES
from tests.fuzzing.building import working
from tests.fuzzing.target import ROOT

TOKEN = re.compile(r"#[^\n]*\n|\w+|\s+|->|\.\.|[^\w\s]")
VOCABULARY = """
param let default block net output use if else for in and or not true false none input std train
budget weight optimizer sgd schedule plateau params macs activations batch loss
a b x N CONV3-64 POOL3/2 FC-10 half same floor strict ceil 0 1 2 3 7 1.5 1e-4 224x224x3 1x7
-> -> -> [ ] ( ) { } | : , ? * = + - / // % ** < <= == .. . # " @
"""
WORDS = (
    *SIGNATURES,
    *FUNCTIONS,
    *VOCABULARY.split(),
    "\n",
    "INPUT ->",
    "block b(x) =",
    "[CONV]*2",
    "ADD{ ID |",
    "if in.C == 3 else",
    "for i in range(3)",
)
# Numbers at and beyond every limit.
NUMBERS = (
    *("0", "-1", "1e308", "1e-320", "1e999", "0.1e400", "00", "1_000", "0x10", "nan", "inf"),
    *(str(2**power + more) for power in (31, 40, 53, 63, 64, 1023, 1024) for more in (-1, 0, 1)),
    *("9" * digits for digits in (30, 309, 399, 400, 5000)),
    *("10**300", "10**30", "9**9**9", "2**0.5", "0**-1", "(-8)**(1/3)", "1e308*10", "1/3"),
    *("1x1x1", "0x0x0", "9999999x9999999x9999999", "1x", "x1", "3x3x3x3"),
)
# What looks like something else, or is not seen at all.
STRANGE = (
    *("\0", "\x01", "\x0b", "\x0c", "\x1b[31m", "\x7f", "\x85", "\xa0", "\u2028", "\u2029"),
    *("\r", "\r\n", "\n\r", "\t", "\ufeff", "\u200b", "\u200d", "\u202e", "\u2066", "\u2069"),
    *("\u0410", "\u0430", "\u03bf", "\uff23ONV", "\u2212", "\u2192", "\u00d7", "\u2018", "\u201c"),
    *("\u0661", "\u00b2", "\U0001d7d8", "e\u0301", "\U0001f600", "\U000e0041", "\ufffd", "\uffff"),
)
# In bytes: no UTF-8, surrogates, overlong forms, other encodings' marks.
NO_TEXT = (
    *(b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\xed\xbf\xbf"),
    *(b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80", b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf"),
)
BRACKETS = (("[", "]"), ("(", ")"), ("ADD{ ID | ", "}"), ("FC(max(", "))"), ("a: [", "]*2"))
PREFIXES = (
    "not ",
    "- ",
    "+ ",
    "1 if true else ",
    "1 + ",
    "2 ** ",
    "max(1, ",
    "INPUT -> ",
    "[ID]*2 -> ",
)
SUFFIXES = ("?", "?(true)", "*2", "[0]", ".H", "()", " -> ID", " + 1", ", 1", "\n")


@cache
def seeds() -> tuple[str, ...]:
    """The programs of the repository: those that work and those that fail."""
    folders = ("examples", "compiler/std", "tests/errors", "tests/errors/used", "tests/hostile")
    paths = [path for folder in folders for path in sorted((ROOT / folder).glob("*.cnn"))]
    return tuple(path.read_bytes().decode("utf-8", "replace") for path in paths)


@cache
def those_that_work() -> tuple[str, ...]:
    """Small ones, made once: what is broken differs each time."""
    made = (working(Random(seed)) for seed in range(300))
    return tuple(text for text in made if len(text) < 800)


@lru_cache(maxsize=2_000)
def tokens(text: str) -> tuple[str, ...]:
    return tuple(TOKEN.findall(text))


def broken(random: Random) -> bytes:
    """One program, broken in one of many ways."""
    ways = (
        (mutated,) * 60
        + (spliced,) * 10
        + (sketch, expression) * 5
        + (soup, noise) * 2
        + (deep, long)
    )
    text = random.choice(ways)(random)
    if random.random() < 0.1:
        text = with_line_ends(random, text)
    data = text.encode("utf-8", "replace")
    if random.random() < 0.05:
        at = random.randint(0, len(data))
        data = data[:at] + random.choice(NO_TEXT) + data[at:]
    if random.random() < 0.02 and data:
        data = with_bits_turned(random, data)
    return data


def mutated(random: Random) -> str:
    """A program with some tokens left out, doubled, exchanged, put in, or made into numbers."""
    parts = list(tokens(short_seed(random)))
    for _ in range(random.choice((1, 1, 1, 2, 2, 5))):
        mutate(random, parts)
    return "".join(parts)


def mutate(random: Random, parts: list[str]) -> None:
    if not parts:
        parts.append(random.choice(WORDS))
    at, other = random.randrange(len(parts)), random.randrange(len(parts))
    match random.randrange(16):
        case 0:
            del parts[at]
        case 1:
            parts.insert(at, parts[at])
        case 2:
            parts[at], parts[other] = parts[other], parts[at]
        case 3:
            parts.insert(at, f" {random.choice(WORDS)} ")
        case 4:
            parts[at] = random.choice(WORDS)
        case 5:
            parts[at] = random.choice(NUMBERS)
        case 6:
            parts.insert(at, random.choice(STRANGE))
        case 7:
            low, high = sorted((at, other))
            del parts[low : min(high, low + 20)]
        case 8:
            low, high = sorted((at, other))
            parts[at:at] = parts[low : min(high, low + 20)]
        case 9:
            same = [i for i, part in enumerate(parts) if part.isdigit()] or [at]
            parts[random.choice(same)] = random.choice(NUMBERS)
        case 10 | 11:
            layers = [i for i, part in enumerate(parts) if part in SIGNATURES] or [at]
            parts[random.choice(layers)] = random.choice(tuple(SIGNATURES))
        case 12 | 13:
            same = [i for i, part in enumerate(parts) if part.isdigit()] or [at]
            parts[random.choice(same)] = random.choice(("0", "1", "2", "3", "5", "n1", "in.C"))
        case _:
            names = [i for i, part in enumerate(parts) if part.isidentifier()] or [at]
            parts[random.choice(names)] = parts[random.choice(names)]


def short_seed(random: Random) -> str:
    """Long examples less often: they tell as much, and take longer. As often a random program that
    works, so that what is broken gets far."""
    if random.random() < 0.5:
        return random.choice(those_that_work())
    most = random.choice((100, 200, 200, 400, 400, 10_000))
    return random.choice([text for text in seeds() if len(text) <= most])


def spliced(random: Random) -> str:
    """The beginning of one program and the end of another."""
    first, second = tokens(short_seed(random)), tokens(short_seed(random))
    at, to = random.randint(0, len(first)), random.randint(0, len(second))
    return "".join((*first[:at], *second[to:]))


def soup(random: Random) -> str:
    return " ".join(random.choice(WORDS) for _ in range(random.randint(0, 40)))


def sketch(random: Random) -> str:
    words = (random.choice(WORDS) for _ in range(random.randint(0, 12)))
    return "INPUT -> " + " ".join(words)


def expression(random: Random) -> str:
    words = (random.choice((*WORDS, *NUMBERS)) for _ in range(random.randint(1, 10)))
    return f"let value = {' '.join(words)}\nINPUT -> FC(value)"


def deep(random: Random) -> str:
    """Nested about as deep as is allowed, or much deeper; closed or not."""
    depth = random.choice((10, 40, 74, 75, 140, 149, 150, 151, 1000))
    before = "let a = " if random.random() < 0.5 else "INPUT -> "
    after = "\nINPUT -> FC(a)" if before == "let a = " else ""
    match random.randrange(4):
        case 0:
            opening, closing = random.choice(BRACKETS)
            inside = opening * depth + random.choice(("1", "RELU"))
            inside += closing * (depth if random.random() < 0.8 else depth // 2)
        case 1:
            inside = random.choice(PREFIXES) * depth + "1"
        case 2:
            inside = random.choice(("RELU", "a", "1")) + random.choice(SUFFIXES) * depth
        case _:
            mixed = [random.choice(BRACKETS) for _ in range(min(depth, 200))]
            inside = "".join(left for left, _ in mixed) + "RELU"
            inside += "".join(right for _, right in reversed(mixed))
    return before + inside + after


def long(random: Random) -> str:
    """Much of one thing."""
    times = random.choice((10, 10, 100, 100, 1000, 5000))
    match random.randrange(6):
        case 0:
            return "INPUT" + f" -> {random.choice(WORDS)}" * times
        case 1:
            return f"let a = [{'1, ' * times}]\nINPUT -> FC(len(a))"
        case 2:
            return f"{random.choice(STRANGE)}" * times
        case 3:
            return "INPUT -> " + "a" * times
        case 4:
            return f"INPUT -> [{random.choice(WORDS)}]*{times}"
        case _:
            return f"# {random.choice(WORDS)}{random.choice(STRANGE)}\n" * times


def noise(random: Random) -> str:
    size = random.randint(0, 200)
    return bytes(random.randrange(256) for _ in range(size)).decode("utf-8", "replace")


def with_line_ends(random: Random, text: str) -> str:
    return "".join(
        random.choice(("\r", "\r\n", "\n\r", "\n\n")) if char == "\n" else char for char in text
    )


def with_bits_turned(random: Random, data: bytes) -> bytes:
    turned = bytearray(data)
    for _ in range(random.randint(1, 4)):
        turned[random.randrange(len(turned))] ^= 1 << random.randrange(8)
    return bytes(turned)
