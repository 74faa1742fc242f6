"""What a crowd lived through, in figures."""

from collections import Counter, defaultdict


def percentile(values, share):
    """Return the value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def waits(clicks):
    """Return the milliseconds of the 50th, 95th, 99th of a hundred, and the worst."""
    waited = [click.waited * 1000 for click in clicks]
    return [*(percentile(waited, share) for share in (0.5, 0.95, 0.99)), max(waited)]


def faults(clicks):
    """Return {what went wrong: how often}."""
    return Counter(click.fault for click in clicks if click.fault)


def show(clicks, seconds, counts):
    """Print a line for each kind of click and for all of them."""
    kinds = defaultdict(list)
    for click in clicks:
        kinds[click.kind].append(click)
    print(f"{'ms from when it was due':24}{'clicks':>7}", end="")
    print(*(f"{name:>7}" for name in ("p50", "p95", "p99", "worst")), sep="")
    for kind, found in sorted(kinds.items(), key=lambda item: -len(item[1])):
        print(f"{kind:24}{len(found):7}", end="")
        print(*(f"{ms:7.0f}" for ms in waits(found)), sep="")
    print(f"{'everything':24}{len(clicks):7}", end="")
    print(*(f"{ms:7.0f}" for ms in waits(clicks)), sep="")
    requests = counts["GET"] + counts["POST"]
    print(
        f"{requests} requests, {requests / seconds:.1f}/s,"
        f" {counts['POST'] / requests:.1%} of them write,"
        f" {counts['connections']} connections, {counts['resent']} resent"
    )
    found = faults(clicks)
    print(f"errors: {found.total()}")
    for fault, times in found.most_common(10):
        print(f"  {times} × {fault}")
