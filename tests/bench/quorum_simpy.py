"""The same quorum workload in SimPy, as its users would write it: processes, stores, timeouts. Nothing is recorded."""

import random

import simpy

NODES = 5
NEEDED = 3
TIMEOUT_MS = 200


def run(operations: int, seed: int = 1) -> int:
    """One client writes, or reads, one after another; the messages that were delivered."""
    env = simpy.Environment()
    luck = random.Random(seed)
    inboxes = [simpy.Store(env) for _ in range(NODES)]
    answers: simpy.Store = simpy.Store(env)
    delivered = 0

    def latency_ms() -> float:
        if luck.random() < 0.9122:
            return 0.235 * (1 - luck.random()) ** -0.1
        return luck.expovariate(1.66)

    def carry(store: simpy.Store, message: tuple):
        nonlocal delivered
        yield env.timeout(latency_ms())
        delivered += 1
        store.put(message)

    def node(inbox: simpy.Store):
        held: dict[str, tuple[int, str]] = {}
        while True:
            kind, operation, key, version, value = yield inbox.get()
            if kind == "put":
                if key not in held or held[key][0] < version:
                    held[key] = (version, value)
                env.process(carry(answers, (operation, version, value)))
            else:
                found_version, found = held.get(key, (0, ""))
                env.process(carry(answers, (operation, found_version, found)))

    def client():
        for operation in range(operations):
            kind = "put" if operation % 4 < 2 else "get"
            for inbox in inboxes:
                env.process(carry(inbox, (kind, operation, "x", operation + 1, str(operation))))
            have, newest = 0, (0, "")
            deadline = env.timeout(TIMEOUT_MS)
            while have < NEEDED:
                answer = answers.get()
                yield answer | deadline
                if deadline.processed:
                    break
                answered, version, value = answer.value
                if answered == operation:
                    have += 1
                    newest = max(newest, (version, value))

    for inbox in inboxes:
        env.process(node(inbox))
    env.process(client())
    env.run()
    return delivered
