/** What must hold in every world, whatever happens in it. */
export const invariants = {
  'settles-once': 'A call settles once, and nothing is told of it afterwards',
  'settles-at-all': 'After the storm every call is settled and every stream over within bounded time',
  'no-rejection-without-cause': 'A call is rejected only for a reason that the world or its caller gave',
  'no-loss-without-cause': 'A session is lost only for a reason that the world gave',
  'no-protocol-fault': 'No end ever finds a fault in what the other says',
  'at-most-once': 'A mutation runs once at most, one that may be repeated and a query once a session',
  'exactly-once': 'A mutation that answered has run exactly once',
  'outcome-is-true': 'A call that was said not to have run has not run, and never will',
  'outcome-is-known': 'A call that is in no frame is never said to have perhaps run',
  'call-order':
    'Calls leave in the order in which they were made, on each session anew; those without streams may pass others',
  'deadline-is-kept': 'A call is settled by its deadline, or as soon as its caller is awake',
  'right-answer': 'A call gets the answer to itself',
  'stream-order': 'Items come in order, none is missing and none comes twice, unless a gap is told before',
  'gap-is-true':
    'A gap is told only where a session was lost or a handler told it, and where no cursor knew better',
  'cursor-is-true': 'A stream continues from the last event or position that reached its caller',
  'signal-is-true': 'A signal fires on cancel, deadline or the end of the session, and only then',
  'stream-window':
    'A handler is never pulled further ahead of its consumer than the largest window that was given',
  'strand-ids':
    'The id of a stream inside a value is new, said before anything is said of it, and nothing after its end',
  'strand-start': 'A stream inside a value is pulled only when the message that holds it has left',
  'strand-order': 'Items of a stream inside a value come in order, none is missing and none comes twice',
  'strand-is-whole': 'A stream inside a value ends only when its source has ended, and all of it was taken',
  'source-is-returned': 'A source is asked for nothing and returned no more once it has ended',
  'input-is-cancelled': 'A callee that is through with a call cancels what it did not read of its input',
  'channel-order':
    'Events of a channel come as they were published and in order, each once, and none is missing that no gap or snapshot stands for',
  'channel-start':
    'A subscriber of a channel begins after its cursor or with what it wants replayed, and has a cursor before its first event',
  'channel-gap':
    'A gap in a channel is told where its log or its epoch gives cause, with that reason and that count',
  'channel-snapshot':
    'A snapshot comes first without a cursor, and in place of gaps; it is of the moment at which it was asked for, and what was published since follows',
  'channel-latest':
    'Who wants the newest of each key is spared only what a later event of the key has made old, and is told how much',
  'channel-bounds': 'The log of a channel holds as much as its bounds allow, and no more',
  'channel-arrives': 'After the storm every subscriber has the last event of its channel',
  'presence-is-true':
    'Who comes, changes and goes is told when it happens; nobody goes whose session lives, and who is there twice goes once',
  'presence-converges': 'After the storm everyone who watches a presence sees those who are there',
  'bytes-arrive': 'Bytes arrive as they were sent, in memory of their own',
  'frame-window': 'The frames that are kept unacknowledged pass their bound by one message at most',
  'stream-share': 'Stream items leave only while less than half of the window is used',
  'socket-buffer': 'No more than 256 KiB and one frame lie in the buffer of a socket',
  'answer-leaves': 'An answer leaves as soon as its socket has drained and the window has room',
  'same-frame': 'A frame that is sent again has the number and the messages it had',
  'parts-are-true':
    'Messages in parts have the lengths that they announce, rise in number, and no more are under way than the other end takes',
  'ack-is-true': 'Nothing is acknowledged that did not arrive',
  'ack-in-time': 'What arrived is acknowledged in time',
  'one-socket': 'A session is served on one socket at a time',
  'no-drop-without-cause': 'A socket is dropped only when it is replaced, silent, or not needed any more',
  'identity-is-kept':
    'No dial is accepted whose context failed or belongs to somebody else, and no call is moved to it',
  'window-is-kept':
    'A session that ended, or whose time is over, is not resumed; one whose client said bye ends at once',
  'silence-is-found': 'A line on which nothing comes any more is dropped in time',
  'nothing-left': 'In the end nothing is open, armed, running or under way',
  'no-crash': 'Nothing throws that should not, and no rejection goes unhandled',
  'same-again': 'The same seed gives the same world',
} as const satisfies Record<string, string>;

export type Invariant = keyof typeof invariants;
