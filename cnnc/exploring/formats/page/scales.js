// Numbers as people read them, and places on an axis.

"use strict";

const UNITS = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];

function short(value) {
  const unit = UNITS.find(([size]) => Math.abs(value) >= size);
  const number = unit ? value / unit[0] : value;
  return String(Number(number.toPrecision(6))) + (unit ? unit[1] : "");
}

function grouped(value) {
  return Number.isInteger(value) ? value.toLocaleString("en-US") : String(value);
}

// Where values lie from 0 to 1, and round numbers between the least and the largest.
function scale(values, isLog) {
  const turn = isLog ? Math.log10 : (value) => value;
  let low = turn(Math.min(...bounds(values))), high = turn(Math.max(...bounds(values)));
  if (low === high) [low, high] = isLog ? [low - 0.5, high + 0.5] : [low - 1, high + 1];
  const room = (high - low) * 0.06;
  [low, high] = [low - room, high + room];
  return {
    place: (value) => (turn(value) - low) / (high - low),
    ticks: isLog ? decades(low, high) : steps(low, high),
  };
}

// Not by spreading all: a call takes some ten thousands of arguments at most.
function bounds(values) {
  let [low, high] = [values[0], values[0]];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

function steps(low, high) {
  const rough = (high - low) / 6, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const ticks = [];
  for (let at = Math.ceil(low / step); at * step <= high; at++) {
    ticks.push(Number((at * step).toPrecision(12)));
  }
  return ticks;
}

function decades(low, high) {
  for (const digits of [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]]) {
    const ticks = [];
    for (let power = Math.floor(low); power <= high; power++) {
      for (const digit of digits) {
        const tick = Number((digit * 10 ** power).toPrecision(6));
        if (Math.log10(tick) >= low && Math.log10(tick) <= high) ticks.push(tick);
      }
    }
    if (ticks.length >= 4) return thinned(ticks, 9);
  }
  return steps(10 ** low, 10 ** high);
}

function thinned(ticks, most) {
  const every = Math.ceil(ticks.length / most);
  return ticks.filter((_, at) => at % every === 0);
}
