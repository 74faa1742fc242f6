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


def line(name, clicks):
    """Print the waits and the errors of some clicks."""
    times = "".join(f"{ms:7.0f}" for ms in waits(clicks)) if clicks else ""
    print(f"{name:24}{len(clicks):7}{times}  {faults(clicks).total() or ''}")


def show(clicks, seconds, counts):
    """Print a line for each kind of click and for all of them, then the requests."""
    kinds = defaultdict(list)
    for click in clicks:
        kinds[click.kind].append(click)
    print("(clicks, ms from when due to the page: p50 p95 p99 worst, errors)")
    for kind, found in sorted(kinds.items(), key=lambda item: -len(item[1])):
        line(kind, found)
    line("all at work", clicks)
    requests = counts["GET"] + counts["POST"]
    print(
        f"{requests} requests, {requests / seconds:.1f}/s,"
        f" {counts['POST'] / requests:.1%} of them write,"
        f" {counts['connections']} connections, {counts['resent']} resent"
    )
    for fault, times in faults(clicks).most_common(10):
        print(f"  {times} × {fault}")
