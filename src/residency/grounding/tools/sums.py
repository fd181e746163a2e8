"""Sums of a user's own figures, worked out: questions that no text answers. None of them asks for a dose."""

from __future__ import annotations

import random
from collections.abc import Callable

Sum = tuple[str, str]
"""The question and its answer."""


def draw_sum(rng: random.Random, held_out: bool) -> Sum:
    """A sum by chance; those of held-out splits are of other kinds."""
    return rng.choice(HELD_OUT if held_out else TRAIN)(rng)


def _balance(rng: random.Random) -> Sum:
    taken, lost = rng.randrange(1500, 4000, 50), rng.randrange(800, 3500, 50)
    if taken == lost:
        lost -= 50
    side, over = ("positive", taken - lost) if taken > lost else ("negative", lost - taken)
    return (
        f"{taken:,} mL went in over the last 24 hours and {lost:,} mL came out. What is the balance?",
        f"{max(taken, lost):,} − {min(taken, lost):,} = {over:,}, so the balance is {over:,} mL {side}.",
    )


def _urine(rng: random.Random) -> Sum:
    weight, hours, rate = rng.randrange(50, 105, 5), rng.choice((2, 4, 6)), rng.choice((0.2, 0.4, 0.6, 0.8, 1.2))
    volume = round(weight * hours * rate)
    return (
        f"A patient of {weight} kg has passed {volume:,} mL of urine in {hours} hours. What is that in mL/kg/h?",
        f"{volume:,} ÷ {hours} ÷ {weight} = {rate}, so the output is {rate} mL/kg/h.",
    )


def _drain(rng: random.Random) -> Sum:
    days = [rng.randrange(20, 400, 10) for _ in range(3)]
    total = sum(days)
    return (
        f"The drain gave {days[0]}, {days[1]} and {days[2]} mL on three days. What is the total?",
        f"{days[0]} + {days[1]} + {days[2]} = {total:,}, so the drain gave {total:,} mL in all.",
    )


def _pack_years(rng: random.Random) -> Sum:
    daily, years = rng.choice((5, 10, 15, 20, 30, 40)), rng.randrange(4, 48, 4)
    found = daily * years // 20 if daily * years % 20 == 0 else daily * years / 20
    return (
        f"He smoked {daily} cigarettes a day for {years} years. How many pack-years is that?",
        f"{daily} ÷ 20 × {years} = {found}, so that is {found} pack-years.",
    )


def _weight_loss(rng: random.Random) -> Sum:
    before, share = rng.choice((50, 60, 70, 80, 90, 100)), rng.choice((5, 10, 15, 20))
    lost = before * share / 100
    after = before - lost
    return (
        f"Her weight fell from {before} kg to {after:g} kg. How much is that in per cent?",
        f"{before} − {after:g} = {lost:g} and {lost:g} ÷ {before} = {share / 100:g}, so she lost {share}% of it.",
    )


def _infused(rng: random.Random) -> Sum:
    rate, hours = rng.randrange(40, 150, 5), rng.randrange(3, 13)
    return (
        f"The pump has run at {rate} mL an hour for {hours} hours. How much has gone in?",
        f"{rate} × {hours} = {rate * hours:,}, so {rate * hours:,} mL have gone in.",
    )


def _duration(rng: random.Random) -> Sum:
    start, length = rng.randrange(8 * 60, 14 * 60, 5), rng.randrange(45, 300, 5)
    end = start + length
    hours, minutes = divmod(length, 60)
    told = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    begun, done = (f"{time // 60:02d}:{time % 60:02d}" for time in (start, end))
    return (
        f"Knife to skin was at {begun} and the last stitch at {done}. How long did it take?",
        f"From {begun} to {done} it took {told}.",
    )


TRAIN: tuple[Callable[[random.Random], Sum], ...] = (_balance, _urine, _drain, _pack_years, _weight_loss)
HELD_OUT: tuple[Callable[[random.Random], Sum], ...] = (_infused, _duration)
