"""Turns the rows of bench.sh into a Markdown table: medians with their spread,
and the ratio to dcrbench of the same round."""
import sys
from statistics import median

rows = {}
for line in open(sys.argv[1]):
    transport, client, number, cpu, rate = line.rstrip("\n").split("\t")
    rows.setdefault(transport, {}).setdefault(client, {})[int(number)] = (float(cpu), float(rate))


def spread(values, digits):
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


for transport, clients in rows.items():
    own = clients.get("dcrbench", {})
    for client, rounds in clients.items():
        ratios = [own[n][0] / cpu for n, (cpu, _) in rounds.items() if n in own and cpu > 0]
        over = spread(ratios, 2) if ratios and client != "dcrbench" else ""
        print(f"| {transport} | {client} | {spread([c for c, _ in rounds.values()], 2)} | {over} | {median([r for _, r in rounds.values()]):,.0f} |")
