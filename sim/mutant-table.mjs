/**
 * A mutant: a rule of core that is broken on purpose, by replacing texts of its sources. Each text must be there
 * exactly once.
 * @typedef {{ readonly name: string, readonly edits: readonly import('./bundle.mjs').Edit[] }} Mutant
 */

const sequence = 'session/sequence.ts';
const session = 'session/session.ts';
const registry = 'session/registry.ts';
const greeting = 'session/greeting.ts';
const writer = 'session/writer.ts';
const connection = 'rpc/connection.ts';
const subscription = 'rpc/subscription.ts';
const pump = 'rpc/stream-pump.ts';
const call = 'rpc/outgoing-call.ts';
const calls = 'rpc/outgoing-calls.ts';
const running = 'rpc/incoming-calls.ts';
const sentStreams = 'rpc/outgoing-streams.ts';
const readStreams = 'rpc/incoming-streams.ts';
const outbox = 'session/outbox.ts';
const transfers = 'session/outgoing-transfers.ts';
const channel = 'channels/channel.ts';
const reader = 'channels/channel-reader.ts';
const feed = 'channels/channel-subscription.ts';
const log = 'channels/memory-log.ts';
const newest = 'channels/newest-events.ts';
const presence = 'channels/presence.ts';

/**
 * @param {string} name
 * @param {string} file
 * @param {string} find
 * @param {string} replace
 * @returns {Mutant}
 */
function mutant(name, file, find, replace) {
  return { name, edits: [{ file, find, replace }] };
}

/** @type {readonly Mutant[]} */
export const mutants = [
  mutant(
    'skips the count of a short frame',
    sequence,
    'this.#received++;',
    'if (length > 16) this.#received++;',
  ),
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: it is code
  mutant(
    'acknowledges a frame before it has come',
    sequence,
    'tells ? `[${this.#received}',
    'tells ? `[${this.#received + 1}',
  ),
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: it is code
  {
    name: 'sends one frame too many again',
    edits: [
      {
        file: sequence,
        find: 'this.#written = received;',
        replace: 'this.#written = Math.max(this.acknowledged, received - 1);',
      },
      {
        file: session,
        find: 'this.#acknowledge(line.received);',
        replace: 'if (!line.resumed) this.#acknowledge(line.received);',
      },
    ],
  },
  mutant('forgets to fence the old socket', registry, 'entry.line?.fence();', ''),
  mutant(
    'resets the cursor on an untracked event',
    subscription,
    'if (event !== undefined) this.#cursor = event;',
    'this.#cursor = event;',
  ),
  mutant(
    'drops messages at a full window',
    writer,
    'if (room <= 0) return undefined;',
    'if (room <= 0) {\n this.#outbox.take({ length: 1, strict: false, streamLength: 1 });\n return undefined;\n }',
  ),
  mutant(
    'sends a mutation again on a new session',
    connection,
    "return (type === 'query' || idempotent === true) && !call.repeated;",
    'return !call.repeated;',
  ),
  mutant(
    'loses a credit that is given without a socket',
    session,
    "if (this.#state !== 'ended') this.#writer.send(entry, lane);",
    "if (this.#state === 'open' || !String(entry).startsWith('[10,')) this.#writer.send(entry, lane);",
  ),
  mutant(
    'does not flush after a resume',
    writer,
    'this.#pingedAt = undefined;\n    this.schedule();\n  }\n\n  detach',
    'this.#pingedAt = undefined;\n  }\n\n  detach',
  ),
  mutant(
    'stops acknowledging after a resume',
    sequence,
    'this.#written = received;\n    this.told();',
    'this.#written = received;\n    this.#untold = this.#untoldLength = Number.NEGATIVE_INFINITY;\n    this.told = () => {};',
  ),
  {
    name: 'reads the counts before the fence',
    edits: [
      {
        file: registry,
        find: "if (entry && !off) return { kind: 'session', entry };",
        replace:
          "if (entry && !off) {\n const { sent, received } = entry.session.counts;\n Object.assign(entry, { before: { sent, received } });\n return { kind: 'session', entry };\n }",
      },
      {
        file: registry,
        find: 'const { sent, received } = entry.session.counts;\n    const resumed',
        replace:
          "const { sent, received } = hello.mode === 'resume' ? entry.before : entry.session.counts;\n    const resumed",
      },
    ],
  },
  mutant(
    'fences before the check',
    registry,
    "if (entry && !off) return { kind: 'session', entry };",
    "if (entry && !off) {\n entry.line?.fence();\n return { kind: 'session', entry };\n }",
  ),
  mutant('lets an old dial in', registry, "if (hello.dial <= dial) return 'stale-dial';", ''),
  mutant(
    'lets another identity in',
    registry,
    "if (entry.identity !== identity) return { kind: 'gone', reason: 'refused' };",
    '',
  ),
  mutant(
    'never lets a session expire',
    registry,
    'if (entry.lines.length === 0 || now >= entry.sparedUntil)',
    'if (now < 0)',
  ),
  mutant(
    'lets a session expire too early',
    registry,
    'entry.expiresAt = this.options.clock.now() + ms;',
    'entry.expiresAt = this.options.clock.now() + ms / 2;',
  ),
  mutant(
    'ends a session with its socket',
    registry,
    'entry.line = undefined;\n    entry.session.detach();',
    "entry.line = undefined;\n    return entry.session.end({ name: 'off' });",
  ),
  mutant('forgets the frames it held', greeting, 'for (const frame of held) session.receive(frame);', ''),
  mutant(
    'forgets positions',
    subscription,
    'position(event: string): void {\n    this.#cursor = event;',
    'position(): void {',
  ),
  mutant(
    'tells no gap',
    subscription,
    "if (!keepsPlace) this.#intake.push({ kind: 'gap', reason, count: undefined });",
    '',
  ),
  mutant(
    'pulls one item more than the window has room for',
    pump,
    'this.#sent - this.#consumed < this.#window.items',
    'this.#sent - this.#consumed <= this.#window.items',
  ),
  mutant('does not stop at a full window', writer, 'if (room <= 0) return undefined;', ''),
  mutant(
    'calls every call that is lost not run',
    call,
    "return this.left || this.repeated ? 'unknown' : 'not-run';",
    "return 'not-run';",
  ),
  mutant(
    'does not tell the other end of a cancel',
    call,
    'if (!this.settle()) return;\n    this.table?.cancel(this);\n    this.#closeInputs(fault);',
    'if (!this.settle()) return;\n    this.#closeInputs(fault);',
  ),
  mutant(
    'tells a call that was given up of its answer',
    calls,
    'if (call.settled) return;\n    if (final) call.finish();',
    'if (final) call.finish();',
  ),
  mutant('never calls a line dead', 'session/liveness.ts', "if (!late || this.#warned) return 'dead';", ''),
  mutant(
    'does not go on when the socket has drained',
    session,
    'this.#writer.schedule();\n  }\n\n  /** Ends',
    '}\n\n  /** Ends',
  ),
  mutant(
    'lets go of frames before they are acknowledged',
    sequence,
    'if (this.#keeping) this.#kept.push(frame);',
    'if (this.#keeping) this.#kept.push(frame);\n if (this.#kept.size > 3) this.#kept.acknowledge(this.#kept.acknowledged + 1);',
  ),
  mutant(
    'never lets go of what is acknowledged',
    sequence,
    'return this.#keeping && this.#kept.acknowledge(received);',
    'return this.#keeping && received < 0;',
  ),
  mutant(
    'rejects what could be sent again',
    connection,
    'if (!call.repeatable) return false;',
    'if (call.id > 0) return false;',
  ),
  mutant(
    'gives an answer to another call',
    running,
    'const text = encodeResult(call.id, json);',
    'const text = encodeResult(call.id % 7 === 0 ? call.id - 1 : call.id, json);',
  ),
  mutant(
    'fires a signal before the deadline',
    running,
    'this.#options.clock.after(timeout,',
    'this.#options.clock.after(timeout / 4,',
  ),
  mutant('fills the socket without end', writer, 'while (this.#pending && !this.#full) {', 'for (;;) {'),
  mutant('forgets that a session has ended', registry, 'this.#entries.delete(entry.digest);', ''),
  mutant(
    'cannot close while it waits',
    'session/connection-status.ts',
    "waiting: ['waiting', 'connecting', 'closed']",
    "waiting: ['waiting', 'connecting']",
  ),
  mutant(
    'draws its delays from elsewhere',
    'session/backoff.ts',
    'this.#random.uniform()',
    '((globalThis.drawn = ((globalThis.drawn ?? 0) + 0.01) % 1))',
  ),
  mutant(
    'calls every call that is lost perhaps run',
    call,
    "return this.left || this.repeated ? 'unknown' : 'not-run';",
    "return 'unknown';",
  ),
  mutant(
    'moves calls in another order',
    connection,
    'for (const call of calls) this.#lost',
    'for (const call of [...calls].reverse()) this.#lost',
  ),
  mutant(
    'lets a deadline pass',
    call,
    'clock.after(this.deadlineAt - clock.now(),',
    'clock.after(2 * (this.deadlineAt - clock.now()),',
  ),
  mutant(
    'keeps a session for too long',
    registry,
    'entry.expiresAt = this.options.clock.now() + ms;',
    'entry.expiresAt = this.options.clock.now() + ms * 4;',
  ),
  mutant(
    'goes on when the client said bye',
    session,
    'if (!endsSession(name)) return;\n    const socket',
    'if (name) return;\n    const socket',
  ),
  mutant(
    'takes too long to call a line dead',
    'session/liveness.ts',
    'this.#deadline = now + (late ? shortGrace : limits.pongGrace.default);',
    'this.#deadline = now + 20_000;',
  ),
  mutant(
    'gives streams the whole window',
    sequence,
    'this.#roomIn(this.#bound / 2)',
    'this.#roomIn(this.#bound)',
  ),
  mutant(
    'asks in another name what was asked in one',
    connection,
    "if (end.name === 'refused') return",
    "if (end.name === ('' as string)) return",
  ),
  mutant(
    'lets a small item overtake one in parts',
    pump,
    "if (this.#leaving) return;\n    this.#state = 'ready';",
    "this.#state = 'ready';",
  ),
  mutant(
    'lets an item in parts overtake small ones',
    outbox,
    "if (!whole && lane !== 'stream') return this.#transfer(entry, lane);",
    'if (!whole) return this.#transfer(entry, lane);',
  ),
  mutant(
    'does not give up in parts what it takes back',
    transfers,
    'if (transfer.entry === entry && transfer.begun)',
    'if (transfer.entry === entry && transfer.done)',
  ),
  mutant(
    'begins more in parts than the other end takes',
    transfers,
    'while (this.#active.size < limits.unfinished.default)',
    'while (this.#active.size <= limits.unfinished.default)',
  ),
  mutant(
    'begins in parts what the other end has no room for',
    transfers,
    'if (this.#fits(head, takes)) {',
    'if (takes.calls > 0) {',
  ),
  mutant(
    'gives parts the whole window',
    writer,
    'const { partRoom } = this.#sequence;',
    'const { room: partRoom } = this.#sequence;',
  ),
  mutant(
    'does not count a part',
    session,
    "this.#count(length);\n    if (progress === 'abandoned') return;",
    "if (progress === 'abandoned') return;",
  ),
  mutant(
    'gives bytes that are a view of their frame',
    'session/delivery.ts',
    'return new Uint8Array(this.#data.sections.subarray(start, this.#at));',
    'return this.#data.sections.subarray(start, this.#at);',
  ),
  mutant(
    'sends bytes as they are when they leave',
    'rpc/attachments.ts',
    'return copyAll || view.length <= copiedBytes ? view.slice() : view;',
    'return view;',
  ),
  mutant(
    'ends the input of a call that was given up',
    call,
    'this.inputs.stop(failure && { error: failure });',
    'this.inputs.stop(undefined);',
  ),
  mutant(
    'does not cancel an input that was not read',
    running,
    'this.#streams.incoming.cancel(id);\n      stream.fail',
    'stream.fail',
  ),
  mutant(
    'does not return the input of a call that never leaves',
    call,
    'else closeSources(this.payload.streams);',
    '',
  ),
  mutant(
    'loses a credit of a stream inside a value',
    sentStreams,
    'if (this.#open.get(message[1])?.pump.credit(message) === false)',
    'if (message[2] % 3 > 0 && this.#open.get(message[1])?.pump.credit(message) === false)',
  ),
  mutant(
    'reads an input before its call has left',
    calls,
    'if (call.inputs) message.left = () => this.#left(call);',
    'if (call.inputs) message.left = () => this.#left(call);\n call.inputs?.start();',
  ),
  mutant(
    'gives two streams the same id',
    sentStreams,
    'this.#add(stream, --this.#lastId, sent,',
    'this.#add(stream, (this.#lastId = this.#lastId < -4 ? -1 : this.#lastId - 1), sent,',
  ),
  mutant(
    'makes a call again whose input was read',
    call,
    'return !this.inputs?.used && this.outputs === undefined;',
    'return this.outputs === undefined;',
  ),
  mutant(
    'makes a call again whose input was returned',
    pump,
    "return this.#pulled || this.#state === 'stopping' || this.#state === 'over';",
    'return this.#pulled;',
  ),
  mutant(
    'forgets to return streams whose message is yet to leave',
    sentStreams,
    'if (this.#stopped) this.stop(this.#stopped.failure);\n    else for',
    'if (!this.#stopped) for',
  ),
  mutant(
    'forgets a stream before its end has left',
    sentStreams,
    'message.left = () => {\n      this.#open.delete(id);',
    'this.#open.delete(id);\n    message.left = () => {',
  ),
  mutant(
    'keeps calls waiting whose streams have room',
    sentStreams,
    'this.#open.delete(id);\n      this.#places.freed();',
    'this.#open.delete(id);',
  ),
  mutant(
    'gives places to calls that early ones have taken',
    calls,
    'let places = most - left;',
    'let places = most;',
  ),
  mutant(
    'calls a stream whole that failed',
    readStreams,
    'return this.#finish(open, { shape: message[2] });',
    'return this.#finish(open, undefined);',
  ),
  mutant(
    'does not tell readers of an answer that their session is lost',
    call,
    'for (const stream of this.outputs) stream.fail(fault);',
    '',
  ),
  mutant(
    'forgets a call while streams of its answer go on',
    running,
    'else if (!call.outputs?.open) this.#over(call);',
    'else this.#over(call);',
  ),
  mutant(
    'goes on with the streams of an answer after a cancel',
    running,
    "this.outputs?.stop(fate === 'expired' ? { error: reason } : undefined);",
    '',
  ),
  mutant(
    'does not tell a server that a session with its calls is lost',
    'rpc/host.ts',
    "for (const call of calls) call.lose(new HawserError('session-lost', call.outcome, end.name));",
    'calls satisfies unknown;',
  ),
  mutant(
    'hands on a later frame before what waits for its turn',
    'session/inbox.ts',
    'this.#waiting.push(delivery);',
    "if (this.#state === 'resting') this.#waiting.prepend([delivery]);\n else this.#waiting.push(delivery);",
  ),
  mutant(
    'forgets what waits for its turn',
    'session/inbox.ts',
    'if (this.#pace.tired()) return this.#turn.yield(() => this.#begin());',
    'if (this.#pace.tired()) return;',
  ),
  mutant(
    'judges what came early by the limits that came later',
    session,
    'return this.#inbox.arrived?.takes ?? this.#takes;',
    'return this.#takes;',
  ),
  mutant(
    'leaves out an event of a channel',
    reader,
    'if (event) this.#next = next + 1;',
    'if (event) this.#next = next + (next % 7 === 0 ? 2 : 1);',
  ),
  mutant(
    'gives the last event of a channel again to who comes back',
    reader,
    'else this.#next = next;',
    'else this.#next = Math.max(1, next - 1);',
  ),
  mutant(
    'gives events that came with a snapshot once more',
    reader,
    'const number = this.#channel.log.last;\n    this.#next = number + 1;',
    'const number = this.#channel.log.last;\n    this.#next = Math.max(1, number);',
  ),
  mutant(
    'leaves out events that came while a snapshot was made',
    reader,
    "this.#state = 'reading';\n    } catch",
    "this.#state = 'reading';\n      this.#next = this.#channel.log.last + 1;\n    } catch",
  ),
  mutant('tells no place before the first event', reader, 'this.#tellPlace();\n    if (older)', 'if (older)'),
  mutant(
    'replays one event too many',
    reader,
    'log.last + 1 - replay,',
    'log.last + (replay > 0 ? 0 : 1) - replay,',
  ),
  mutant(
    'gives events that are not for a subscriber',
    reader,
    'log.last + 1 - replay, this.#floor)',
    'log.last + 1 - replay)',
  ),
  mutant(
    'gives who comes back what is not for it',
    reader,
    'const next = Math.max(number + 1, this.#floor);',
    'const next = number + 1;',
  ),
  mutant(
    'starts a channel over for who comes back',
    feed,
    'after === undefined ? this.#options : { ...this.#options, after }',
    'this.#options',
  ),
  mutant(
    'takes a cursor of another log for one of its own',
    'channels/channel-place.ts',
    'if (!cursor.startsWith(head)) return undefined;',
    "if (!cursor.startsWith(head)) return Number(cursor.slice(cursor.lastIndexOf('.') + 1));",
  ),
  mutant(
    'goes on in silence where a log holds no more',
    reader,
    'this.#ahead.push({ gap, count });',
    "if (gap !== 'expired') this.#ahead.push({ gap, count });",
  ),
  mutant(
    'counts one too few of what was dropped',
    reader,
    "else this.#miss('dropped', first - next);",
    "else this.#miss('dropped', first - next - 1);",
  ),
  mutant('calls a cursor too old that is not', reader, 'if (next < log.first &&', 'if (next <= log.first &&'),
  mutant(
    'keeps who fell behind though it wants to be told so',
    reader,
    "if (this.#options.overflow === 'error') {",
    "if (this.#options.overflow === 'error' && this.#channel.log.last % 2 === 0) {",
  ),
  mutant(
    'tells a gap where there is a snapshot',
    reader,
    'if (this.#options.snapshot) return this.#ask(this.#options.snapshot);\n    this.#next = Math.max(this.#channel.log.first, this.#floor);',
    'this.#next = Math.max(this.#channel.log.first, this.#floor);',
  ),
  mutant(
    'gives a snapshot the number of what came after it',
    reader,
    'await this.#channel.snapshot(value, number)',
    'await this.#channel.snapshot(value, this.#channel.log.last)',
  ),
  mutant(
    'ends a channel before the snapshot that it owes',
    feed,
    "return this.#state === 'ended' && !this.#reader.asking ? 'end' : undefined;",
    "return this.#state === 'ended' ? 'end' : undefined;",
  ),
  mutant(
    'spares who wants the newest of each key the newest of one',
    newest,
    'return newest !== undefined && newest.number > event.number;',
    'return newest !== undefined && newest.number > event.number - (event.number % 5 === 0 ? 1 : 0);',
  ),
  mutant(
    'forgets the newest of a key in silence',
    newest,
    'if (from <= this.#forgotten) return undefined;',
    '',
  ),
  mutant(
    'keeps an event more than its bounds',
    log,
    'this.#events.size > events ||',
    'this.#events.size > events + 1 ||',
  ),
  mutant('counts nothing for the bytes of events', log, 'this.#bytes += bytes;', ''),
  mutant(
    'does not wake who waits for an event',
    channel,
    'for (const subscriber of this.#subscribers) subscriber.wake();',
    'for (const subscriber of this.#subscribers) if (this.#log.last % 5 > 0) subscriber.wake();',
  ),
  mutant(
    'forgets that it waits for an event',
    'rpc/stream-pump.ts',
    "if (element === undefined) this.#state = 'idle';",
    "if (element === undefined) this.#state = this.#sent > 3 ? 'pulling' : 'idle';",
  ),
  mutant(
    'does not tell its user what a server dropped',
    subscription,
    "if (this.#options.survivesGaps) this.#push({ kind: 'gap', reason, count });",
    "if (this.#options.survivesGaps && reason === 'dropped') return;\n    if (this.#options.survivesGaps) this.#push({ kind: 'gap', reason, count });",
  ),
  mutant('does not let go of a channel that nobody reads', feed, 'this.#channel.leave(this);', ''),
  mutant('forgets to stop a feed', pump, 'this.#feed?.stop();', ''),
  mutant('lets nobody go who was there', feed, 'this.#absent?.();', ''),
  mutant(
    'lets go who is there twice',
    presence,
    'if (entry === undefined || --entry.times > 0) return;',
    'if (entry === undefined) return;',
  ),
  {
    name: 'lets go for a moment who lost a socket',
    edits: [
      {
        file: session,
        find: 'this.#writer.detach();',
        replace: 'this.#writer.detach();\n    for (const lose of globalThis.losses ?? []) lose();',
      },
      {
        file: feed,
        find: 'this.#absent = this.#present();',
        replace:
          "this.#absent = this.#present();\n const lose = () => {\n if (this.#state !== 'live') return;\n this.#absent?.();\n this.#absent = this.#present();\n };\n (globalThis.losses ??= []).push(lose);",
      },
    ],
  },
  mutant(
    'keeps what somebody said of itself first',
    presence,
    "this.#tell({ type: 'update', id, meta });",
    '',
  ),
  mutant(
    'never says who is here',
    presence,
    'snapshot: () => this.#here()',
    'snapshot: () => new Promise(() => {})',
  ),
  mutant('does not tell who leaves', presence, "this.#tell({ type: 'leave', id });", ''),
];
