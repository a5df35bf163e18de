"""What ``quorumscope lessons new`` writes: a lesson that is small, whole and true."""

PROSE = """\
<article data-minutes="3">
  <h1>A majority is enough</h1>
  <p class="claim">A write needs a majority of the nodes, not all of them.</p>
  <section id="claim">
    <h2>Three copies</h2>
    <p>Client <q-client>A</q-client> sends each write to all the nodes. It is OK when enough of them have answered.</p>
  </section>
  <section id="guess">
    <h2>One node is down. Will a write be OK?</h2>
    <ul>
      <li data-choice="no">No: every node must have it.</li>
      <li data-choice="yes">Yes: the others are enough.</li>
    </ul>
  </section>
  <section id="write">
    <h2>Try it</h2>
    <ol>
      <li data-task="down">Crash <q-node>n1</q-node>: click it on the stage.</li>
      <li data-task="written">Write <q-value>apple</q-value> as client <q-client>A</q-client>.</li>
    </ol>
    <p data-hint="">A node that is clicked opens a list of what can be done to it.</p>
  </section>
  <section id="count">
    <h2>What was needed</h2>
    <p data-said="guess:no">You said no.</p>
    <p data-said="guess:yes">You said yes, and so it was.</p>
    <p>The write was OK with <q-number of="acks"/> acknowledgements.</p>
  </section>
  <section id="change">
    <h2>Now crash another</h2>
    <ol>
      <li data-task="two-down">Crash <q-node>n2</q-node> as well.</li>
      <li data-task="failed">Write again.</li>
    </ol>
  </section>
  <section id="why">
    <h2>Why</h2>
    <p>A write is OK when w nodes have it. One node that is down leaves enough of them. A second one does not.</p>
  </section>
  <section id="keep">
    <h2>What does a write wait for?</h2>
    <ul>
      <li data-choice="all">For all nodes.</li>
      <li data-choice="some">For w of them.</li>
    </ul>
    <p data-said="keep:all">Then one crash would stop every write. It did not.</p>
    <p data-said="keep:some">So it is.</p>
  </section>
</article>
"""

EXPERIMENT = """\
# The cluster. `settings` are those of the command `configure` in docs/PROTOCOL.md.
scenario:
  nodes: 3
  clients: [A]
  settings: {w: 2, r: 2, latency: EVEN}
steps:
  - id: claim
    kind: claim

  - id: guess
    kind: predict
    choices: ["no", "yes"]
    right: "yes"
    proof: written            # the scripts below must meet this goal: it shows that yes is right

  - id: write
    kind: do
    controls: [clients, nodes]
    tasks:                    # each ticks when the live run meets it
      - {id: down, kind: node, where: {status: down}}
      - {id: written, kind: operation, where: {type: write, outcome: ok}, after: down}
    script:                   # what "Show me" plays
      - {at_ms: 0, command: {type: crash, node: n1}}
      - {at_ms: 1, command: {type: write, client: A, key: x, value: apple}}
    lasts_ms: 5

  - id: count
    kind: number
    numbers:
      - {id: acks, kind: operation, where: {type: write}, what: last, of: acks, is: 2}

  - id: change
    kind: change
    tasks:
      - {id: two-down, kind: node, where: {status: down}, together: true, at_least: 2}
      - {id: failed, kind: operation, where: {type: write, outcome: fail}}
    script:
      - {at_ms: 0, command: {type: crash, node: n2}}
      - {at_ms: 1, command: {type: write, client: A, key: x, value: pear}}
    lasts_ms: 5

  - id: why
    kind: why
    select: failed            # what met this goal is shown in detail

  - id: keep
    kind: keep
    choices: [all, some]
    right: some

# Numbers that the prose says in words or digits, and what in the run they are: "three: nodes".
stated: {three: nodes}
"""
