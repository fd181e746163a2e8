"""From declared shares to amounts: what each kind gives, of what it has. Amounts are whole examples or tokens."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from residency.mix.settings import OWN, OWN_SHARE, SMALL, MixSettings


def with_own(settings: MixSettings, limits: Mapping[str, int], total: int | None) -> dict[str, float]:
    """The shares, with one for the bank's own conversations where it holds some and no shares are named: a tenth of
    the mix, or all of them where they are fewer, so that a few do not make the whole mix small.

    Args:
        settings: the shares asked for.
        limits: the most that each kind can give, by kind.
        total: as for :func:`allot`.
    """
    shares, own = settings.shares, limits[OWN]
    if settings.names_shares or not own:
        return shares
    others = sum(allot(shares, limits, total, SMALL).values())
    if not others:
        return dict.fromkeys(shares, 0.0) | {OWN: 1.0}
    part = min(OWN_SHARE, own / (own + others))
    # Kinds that have nothing to give leave their shares to the others, which makes a share larger than it says.
    weight = sum(share for kind, share in shares.items() if limits[kind])
    share = part * weight / (1 - part + part * weight)
    return {kind: other * (1 - share) for kind, other in shares.items()} | {OWN: share}


def aimed_at(shares: Mapping[str, float], limits: Mapping[str, int]) -> dict[str, float]:
    """The shares when each kind that has nothing to give has left its place to the others."""
    weight = sum(share for kind, share in shares.items() if limits[kind])
    return {kind: share / weight if weight and limits[kind] else 0.0 for kind, share in shares.items()}


def allot(
    shares: Mapping[str, float], limits: Mapping[str, int], total: int | None, small: Collection[str] = ()
) -> dict[str, int]:
    """How much each kind gives.

    Args:
        shares: the share asked for, by kind; they add up to 1.
        limits: the most that each kind can give.
        total: what all give together; None is the largest amount at which every kind that has anything to give
            meets its share.
        small: kinds that, without a total, give what they have up to their share and do not lower the total.
    """
    # Lists, not sets: the order of a sum of fractions may change its last digit, and with it the mix.
    open_kinds = [kind for kind in shares if shares[kind] > 0 and limits[kind] > 0]
    if not open_kinds:
        return dict.fromkeys(shares, 0)
    if total is None:
        main = [kind for kind in open_kinds if kind not in small] or open_kinds
        weight = sum(shares[kind] for kind in main)
        # A little more, since the quotient of two such sums may be 99.99...
        total = math.floor(min(limits[kind] * weight / shares[kind] for kind in main) + 1e-6)
        most = {kind: round(total / weight * shares[kind]) for kind in open_kinds if kind not in main}
        limits = {**limits, **{kind: min(limits[kind], part) for kind, part in most.items()}}
        total += sum(limits[kind] for kind in most)
    numbers = dict.fromkeys(shares, 0)
    left = min(total, sum(limits[kind] for kind in open_kinds))
    while left > 0 and open_kinds:
        weight = sum(shares[kind] for kind in open_kinds)
        quotas = {kind: left * shares[kind] / weight for kind in open_kinds}
        # Largest remainders, so that the parts add up to what is left.
        parts = {kind: math.floor(quota) for kind, quota in quotas.items()}
        for kind in sorted(quotas, key=lambda k: parts[k] - quotas[k])[: left - sum(parts.values())]:
            parts[kind] += 1
        for kind, part in parts.items():
            given = min(part, limits[kind] - numbers[kind])
            numbers[kind] += given
            left -= given
        open_kinds = [kind for kind in open_kinds if numbers[kind] < limits[kind]]
    return numbers
