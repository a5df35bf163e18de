"""``quorumscope staleness``: how stale partial quorums are, by the model of PBS."""

import math

import click
import msgspec

from engine.kernel.latency import PROFILES
from engine.outcomes import Refused
from engine.stats import Staleness
from engine.stats import staleness as measure
from webapp.cli.fail import fail
from webapp.cli.progress import progress
from webapp.words import sentence


@click.command()
@click.option("--profile", default="LNKD-DISK", show_default=True, help=f"Latencies: {', '.join(PROFILES)}.")
@click.option("-n", "n", type=int, default=3, show_default=True, help="Copies of each key.")
@click.option("-r", "r", type=int, default=1, show_default=True, help="Replies that a read waits for.")
@click.option("-w", "w", type=int, default=1, show_default=True, help="Acknowledgements that a write waits for.")
@click.option("--trials", type=int, default=1_000_000, show_default=True, help="Writes, each with a read after it.")
@click.option(
    "--at", "at", metavar="MS,MS,...", default="0,10", show_default=True, help="Times after the commit, in ms."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The luck of the trials.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def staleness(profile: str, n: int, r: int, w: int, trials: int, at: str, seed: int, as_json: bool) -> None:
    """Measure how likely a read is to see the last write, and how long reads and writes take.

    The model is WARS (Bailis et al., VLDB 2012): a write and then a read, each sent to all n replicas; every
    message takes a random time, drawn from a profile measured in production. The write is committed
    at w acknowledgements; the read takes the newest of the first r replies.

    \b
      consistent_at    the probability that a read that begins so many ms after the commit sees the write
      t_visibility_ms  from when on that probability is 0.999 (0: always)
      read_ms          the 99.9th percentile of a read's latency; write_ms likewise
      k_staleness      the probability that a read returns one of the last k versions, latencies aside

    With r + w > n every read sees the last write; with less, this says how often and how soon.

    \b
      quorumscope staleness --profile LNKD-DISK -n 3 -r 1 -w 1 --at 0,5,10,50
    """
    texts = [text.strip() for text in at.split(",")]
    try:
        times = [float(text) for text in texts]
    except ValueError:
        fail(f"--at {at!r}: expected numbers of milliseconds, separated by commas")
    try:
        with progress("Trials", trials) as advance:
            found = measure(profile, n=n, r=r, w=w, trials=trials, seed=seed, at_ms=times, progress=advance.more)
    except Refused as refused:
        option = {"at_ms": "--at", "n": "-n", "r": "-r", "w": "-w"}.get(refused.field or "", f"--{refused.field}")
        fail(f"{option}: {sentence(f'refused.{refused.code}', refused.facts)}")
    # As given: "10.0" stays "10.0".
    shares = {text: found.consistent_at[str(time)] for text, time in zip(texts, times, strict=True)}
    if as_json:
        told = {
            "consistent_at": shares,
            "t_visibility_ms": found.t_visibility_ms,
            "read_ms": found.read_ms,
            "write_ms": found.write_ms,
            "k_staleness": found.k_staleness,
            "trials": found.trials,
        }
        click.echo(msgspec.json.encode(told))
    else:
        _tell(found, shares, f"{profile}, n = {n}, r = {r}, w = {w}, {trials:,} trials")


def _tell(found: Staleness, shares: dict[str, float], heading: str) -> None:
    click.echo(heading)
    for text, share in shares.items():
        margin = found.margin[str(float(text))]
        click.echo(f"  a read {text} ms after the commit sees the write: {share:.5f} (± {margin:.5f})")
    click.echo(f"  99.9 % of reads see it from {_ms(found.t_visibility_ms)} ms on")
    click.echo(f"  99.9 % of reads take at most {_ms(found.read_ms)} ms, of writes {_ms(found.write_ms)} ms")
    within = ", ".join(f"{k}: {share:.4f}" for k, share in list(found.k_staleness.items())[:5])
    click.echo(f"  latencies aside, a read returns one of the last k versions with probability {within}")


def _ms(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "?"
