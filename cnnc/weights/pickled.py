"""Pickles read as data: a machine of our own, which calls nothing that a pickle names.

The opcodes are those of the standard library's `pickletools`. A global is a name on a list
(`cnnc.weights.globals`) or an error; to call one means to make the plain value that it stands for.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from typing import Any, BinaryIO

from cnnc.weights.globals import Global, build, called, known
from cnnc.weights.refusal import Refused

MAX_STEPS = 20_000_000
_MARK = object()
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTY: dict[str, Callable[[], Any]] = {
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_SET": set,
}
_LITERALS = {
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT",
    "STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE",
    "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8",
}  # fmt: skip
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


class Machine:
    """Reads one pickle. `persistent` gives the value of a persistent id."""

    def __init__(self, persistent: Callable[[Any], Any] | None = None) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.persistent = persistent

    def read(self, file: BinaryIO) -> Any:
        """The value. Raises Refused for a global off the list, ValueError for nonsense."""
        try:
            for count, (opcode, argument, _) in enumerate(pickletools.genops(file)):
                if count > MAX_STEPS:
                    raise ValueError("a pickle of too many steps")
                if opcode.name == "STOP":
                    return self.stack.pop()
                self._step(opcode.name, argument)
        except (IndexError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise ValueError(f"not a sound pickle: {type(error).__name__} {error}") from None
        raise ValueError("a pickle without an end")

    def _step(self, name: str, argument: Any) -> None:
        stack = self.stack
        if name in _LITERALS:
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in _EMPTY:
            stack.append(_EMPTY[name]())
        elif name in ("PROTO", "FRAME"):
            pass
        elif name == "MARK":
            stack.append(_MARK)
        elif name in ("POP", "POP_MARK"):
            _ = self._since_mark() if name == "POP_MARK" else stack.pop()
        elif name == "DUP":
            stack.append(stack[-1])
        elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
            self.memo[int(argument)] = stack[-1]
        elif name == "MEMOIZE":
            self.memo[len(self.memo)] = stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(self.memo[int(argument)])
        elif name in _TUPLES:
            taken = tuple(stack[-_TUPLES[name] :])
            del stack[-_TUPLES[name] :]
            stack.append(taken)
        elif name in ("TUPLE", "LIST", "DICT"):
            self._collect(name)
        elif name in ("APPEND", "APPENDS", "SETITEM", "SETITEMS", "ADDITEMS"):
            self._extend(name)
        else:
            self._call(name, argument)

    def _since_mark(self) -> list[Any]:
        place = len(self.stack) - 1
        while self.stack[place] is not _MARK:
            place -= 1
            if place < 0:
                raise ValueError("not a sound pickle: no mark")
        values = self.stack[place + 1 :]
        del self.stack[place:]
        return values

    def _collect(self, name: str) -> None:
        values = self._since_mark()
        if name == "DICT":
            self.stack.append(dict(zip(values[::2], values[1::2], strict=True)))
        else:
            self.stack.append(tuple(values) if name == "TUPLE" else values)

    def _extend(self, name: str) -> None:
        if name in ("APPEND", "SETITEM"):
            count = 1 if name == "APPEND" else 2
            values = self.stack[-count:]
            del self.stack[-count:]
        else:
            values = self._since_mark()
        target = self.stack[-1]
        if name.startswith("SETITEM") and type(target) is dict:
            target.update(zip(values[::2], values[1::2], strict=True))
        elif name.startswith("APPEND") and type(target) is list:
            target.extend(values)
        elif name == "ADDITEMS" and type(target) is set:
            target.update(values)
        else:
            raise ValueError(f"not a sound pickle: {name} on {type(target).__name__}")

    def _call(self, name: str, argument: Any) -> None:
        stack = self.stack
        if name == "GLOBAL":
            stack.append(known(*str(argument).split(" ", 1)))
        elif name == "STACK_GLOBAL":
            module, attribute = stack[-2:]
            del stack[-2:]
            stack.append(known(str(module), str(attribute)))
        elif name in ("REDUCE", "NEWOBJ"):
            what, arguments = stack[-2:]
            del stack[-2:]
            if not isinstance(what, Global) or not isinstance(arguments, tuple):
                raise ValueError("not a sound pickle: it calls what is no global")
            stack.append(called(what, arguments))
        elif name == "BUILD":
            state = stack.pop()
            stack[-1] = build(stack[-1], state)
        elif name == "BINPERSID" and self.persistent is not None:
            stack.append(self.persistent(stack.pop()))
        elif name in ("INST", "OBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4"):
            raise Refused(f"{name} {argument or ''}".strip())
        else:
            raise ValueError(f"a pickle with {name}, which weights have no use for")
