"""Random programs that work, from whatever gives random numbers: a seed or hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from compiler.arguments import Kind
from compiler.op import Op, Place
from compiler.ops import SIGNATURES
from compiler.volume import Volume
from tests.fuzzing.parts import (
    MERGES,
    ONE,
    WHOLE,
    Part,
    Stuck,
    accepted,
    bounded,
    joined,
    shaped,
    single,
)
from tests.fuzzing.writing import Writer


class Builder(Writer):
    """One program."""

    # Whole programs

    def program(self) -> str:
        """A net with some declarations before it."""
        random = self.random
        if self.chance(0.3):
            self.declared.append(self.documentation())
        for _ in range(random.randint(0, 2)):
            self.number()
        for _ in range(random.randint(0, 2)):
            self.default()
        volumes = [self.volume() for _ in range(random.choice((1, 1, 1, 2, 3)))]
        net = self.net(volumes) if len(volumes) > 1 or self.chance(0.6) else self.bare(volumes[0])
        return "\n".join((*self.declared, net)) + "\n"

    def documentation(self) -> str:
        return f"# {self.name('remark')}"

    def number(self) -> None:
        name, value = self.name("n"), self.random.choice(WHOLE)
        domain = f" in [{value}, {value + 1}]" if self.chance(0.3) else ""
        is_param = self.chance(0.5)
        text = self.whole(value)
        self.declared.append(
            f"param {name} = {text}{domain}" if is_param else f"let {name} = {text}"
        )
        self.known[name] = value

    def default(self) -> None:
        """New defaults for one argument of an operator that has one."""
        op = self.random.choice(ONE)
        kinds, required = SIGNATURES[op.name].kinds, SIGNATURES[op.name].required
        names = [each for each in kinds if each not in required]
        if not names:
            return
        name = self.random.choice(names)
        if (op.name, name) in self.defaults:
            return
        value = self.fitting(kinds[name])
        self.declared.append(f"default {op.name}({name}={self.value(value)})")
        self.defaults[op.name, name] = value

    def volume(self) -> Volume:
        size = self.random.choice((1, 3, 4, 5, 6, 8))
        other = self.random.choice((size, size, 7))
        return Volume(size, other, self.random.choice((1, 2, 3, 4, 8)))

    def input(self, volume: Volume) -> str:
        sizes = f"{volume.h}x{volume.w}x{volume.c}"
        if self.chance(0.2):
            sizes = f"({', '.join(map(self.whole, (volume.h, volume.w, volume.c)))})"
        return f"INPUT({sizes})"

    def bare(self, volume: Volume) -> str:
        chain = self.chain(volume, self.random.randint(1, 6))
        return f"{self.input(volume)} -> {chain.text}"

    def net(self, volumes: list[Volume]) -> str:
        """Values, further outputs, some of them of training alone, and what is returned."""
        doc = "## What it is.\n" if self.chance(0.3) else ""
        values = [(self.name("x"), volume) for volume in volumes]
        body = [
            f"{name} = {self.input(volume)}"
            for (name, _), volume in zip(values, volumes, strict=True)
        ]
        for _ in range(self.random.randint(0, 4)):
            start, volume = self.random.choice(values)
            made = self.joined(values) if self.chance(0.4) else None
            if made is None:
                chain = self.chain(volume, self.random.randint(1, 3))
                made = f"{start} -> {chain.text}", chain.step(volume)
            values.append((self.name("x"), made[1]))
            body.append(f"{values[-1][0]} = {made[0]}")
        for _ in range(self.random.choice((0, 0, 1, 2))):
            start, volume = self.random.choice(values)
            options = self.random.choice(("", " (train)", " (train, weight=0.3)"))
            chain = self.chain(volume, self.random.randint(1, 2))
            body.append(f"output {self.name('o')}{options} = {start} -> {chain.text}")
        start, volume = values[-1]
        body.append(f"{start} -> {self.chain(volume, self.random.randint(1, 3)).text}")
        lines = "".join(f"  {line}\n" for line in body)
        return f"{doc}net {self.name('Net')} {{\n{lines}}}"

    def joined(self, values: list[tuple[str, Volume]]) -> tuple[str, Volume] | None:
        """A merge of values that agree."""
        for _ in range(4):
            op = self.random.choice(MERGES)
            chosen = [self.random.choice(values) for _ in range(self.random.randint(2, 3))]
            try:
                volume = shaped(op(), tuple(volume for _, volume in chosen))
            except Stuck:
                continue
            return f"{op.name}{{ {' | '.join(name for name, _ in chosen)} }}", volume
        return None

    # Chains

    def chain(self, volume: Volume, most: int) -> Part:
        """At least one part; those that do not fit are tried again."""
        parts: list[Part] = []
        here = volume
        for _ in range(most):
            part = self.element(here)
            here = part.step(here)
            parts.append(part)
        return joined(parts)

    def element(self, volume: Volume) -> Part:
        kinds: list[Callable[[Volume], Part]] = [self.layer] * 4
        if self.depth < 3:
            kinds += [self.group, self.repeated, self.looped, self.optional, self.chosen]
            kinds += [self.merged] * 3 + [self.called] * 2
            kinds += [self.label] * 2 if self.labelled else []
        for _ in range(8):
            self.depth += 1
            try:
                part = self.random.choice(kinds)(volume)
                part.step(volume)
            except Stuck:
                continue
            finally:
                self.depth -= 1
            return part
        return Part("ID", lambda each: each)

    def layer(self, volume: Volume) -> Part:
        for _ in range(12):
            kind = self.random.choice(ONE)
            given = self.arguments(kind)
            usual = {name: each for (op, name), each in self.defaults.items() if op == kind.name}
            values = {**usual, **given}
            values = {**kind.sketch(values, Place(volume, None, 1000, False)), **values}
            part = single(SIGNATURES[kind.name].make(values), self.call(kind, given, volume))
            try:
                part.step(volume)
            except Stuck:
                continue
            return part
        raise Stuck

    def arguments(self, kind: type[Op]) -> dict[str, object]:
        """Those that are written. Most are not: many odd ones together fit nothing."""
        given = {}
        signature = SIGNATURES[kind.name]
        for name, each in signature.kinds.items():
            is_needed = name in signature.required and (kind.name, name) not in self.defaults
            if is_needed or self.chance(0.35):
                given[name] = self.fitting(each)
        return given

    def fitting(self, kind: Kind) -> object:
        """A value of the kind, as its operator keeps it."""
        return self.random.choice(accepted(kind))

    def call(self, kind: type[Op], given: dict[str, object], volume: Volume) -> str:
        """The arguments by position, as long as none is left out, or by name."""
        texts = []
        positional = self.chance(0.5)
        for name in SIGNATURES[kind.name].kinds:
            if name not in given:
                positional = False
                continue
            text = self.value(given[name], volume)
            texts.append(text if positional else f"{name}={text}")
        word = self.random.choice((kind.name, *kind.aliases))
        return f"{word}({', '.join(texts)})" if texts else word

    # What holds other elements

    def group(self, volume: Volume) -> Part:
        inside = self.chain(volume, self.random.randint(1, 3))
        return Part(f"[{inside.text}]", inside.step, inside.layers)

    def label(self, volume: Volume) -> Part:
        name = self.name("l")
        if self.chance(0.3):
            name += f"_[{self.whole(self.random.choice(WHOLE))}]"
        with self.inside(labelled=False):
            part = self.random.choice((self.layer, self.group, self.merged, self.called))(volume)
        return Part(f"{name}: {part.text}", part.step, part.layers)

    def repeated(self, volume: Volume) -> Part:
        times = self.random.choice((0, 1, 2, 2, 3))
        with self.inside(labelled=False, fixed=False):
            inside = self.group(volume)
        count = str(times) if self.chance(0.5) else f"({self.whole(times)})"

        def step(each: Volume) -> Volume:
            for _ in range(times):
                each = inside.step(each)
            return each

        return Part(f"{inside.text}*{count}", step, times * inside.layers)

    def looped(self, volume: Volume) -> Part:
        """A convolution of so many filters, and so many."""
        values = [self.random.choice(WHOLE) for _ in range(self.random.randint(1, 3))]
        name = self.name("i")
        if self.chance(0.5):
            rows, targets = (
                ", ".join(f"({each}, {each + 1})" for each in values),
                f"{name}, _{name}",
            )
        else:
            rows, targets = ", ".join(map(self.whole, values)), name
        text = f"[CONV({name}, 1, 1, 0, 1, 1, true, floor) for {targets} in [{rows}]]"
        return Part(text, lambda each: bounded(each.h, each.w, values[-1]), len(values))

    def optional(self, volume: Volume) -> Part:
        """There unless it is switched off, and here it is not."""
        inside = self.layer(volume)
        name = f"{self.name('c')}: " if self.labelled else ""
        return Part(f"{name}{inside.text}?", inside.step, inside.layers)

    def chosen(self, volume: Volume) -> Part:
        is_there = self.chance(0.5)
        inside = self.group(volume)
        step = inside.step if is_there else lambda each: each
        return Part(f"{inside.text}?({self.truth(is_there, volume)})", step, inside.layers)

    def merged(self, volume: Volume) -> Part:
        """Branches that fit together, some behind guards."""
        for _ in range(6):
            op = self.random.choice(MERGES)()
            branches = [self.branch(volume) for _ in range(self.random.randint(2, 3))]
            kept = [part for part, _ in branches if part is not None]

            def step(each: Volume, op: Op = op, kept: list[Part] = kept) -> Volume:
                shapes = tuple(part.step(each) for part in kept)
                return shaped(op, shapes) if len(shapes) > 1 else shapes[0]

            if not kept:
                continue
            try:
                step(volume)
            except Stuck:
                continue
            text = f"{op.name}{{ {' | '.join(text for _, text in branches)} }}"
            return Part(text, step, sum(part.layers for part in kept) + 1)
        raise Stuck

    def branch(self, volume: Volume) -> tuple[Part | None, str]:
        """What is left of a branch, and its text."""
        identity = Part("ID", lambda each: each)
        part = identity if self.chance(0.3) else self.chain(volume, self.random.randint(1, 2))
        match self.random.randrange(6):
            case 0:
                is_kept = self.chance(0.6)
                text = f"{part.text} if {self.truth(is_kept, volume)}"
                return part if is_kept else None, text
            case 1:
                other, is_first = self.chain(volume, 1), self.chance(0.5)
                text = f"{part.text} if {self.truth(is_first, volume)} else {other.text}"
                return part if is_first else other, text
        return part, part.text

    def called(self, volume: Volume) -> Part:
        """A block of its own, declared before what calls it."""
        name = self.name("block")
        count = self.random.randint(0, 2)
        parameters = {self.name("p"): self.random.choice(WHOLE) for _ in range(count)}
        outer = {each: value for each, value in self.known.items() if each.startswith("n")}
        with self.inside(labelled=True, known={**outer, **parameters}):
            inside = self.chain(volume, self.random.randint(1, 3))
            body = self.body(inside)
        shown, given = [], []
        positional = self.chance(0.5)
        for each, value in parameters.items():
            has_default = self.chance(0.4)
            shown.append(f"{each} = {value}" if has_default else each)
            if has_default and self.chance(0.6):
                positional = False
                continue
            given.append(self.whole(value) if positional else f"{each}={self.whole(value)}")
        self.declared.append(f"block {name}({', '.join(shown)}) {body}")
        return Part(f"{name}({', '.join(given)})", inside.step, inside.layers)

    def body(self, inside: Part) -> str:
        match self.random.randrange(3):
            case 0:
                return f"{{\n  {inside.text}\n}}"
            case 1:
                return f"{{\n  let {self.name('h')} = in.C * 2\n  {inside.text}\n}}"
        return f"= {inside.text}"


def working(random: Random) -> str:
    """The text of a program that compiles."""
    return Builder(random).program()
