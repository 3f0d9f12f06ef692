/** Hawser's default timeout. */
const longMs = 30_000;

/** What a client's connection said last, to show beside an incident. */
const maxNotes = 12;

/** Incidents of one kind that are shown in full. */
const maxExamples = 5;

/** @typedef {{ readonly at: number, readonly what: string }} Moment */
/** @typedef {Moment & { readonly client: number, readonly kind: string, readonly notes: readonly Moment[] }} Incident */

/** What the client's process counts while it runs. Plain numbers, but for the incidents. */
export class Tally {
  queries = 0;
  mutations = 0;
  items = 0;
  streams = 0;
  answered = 0;
  /** Streams that clients sent, streams in results, and mutations with both; items and bytes of all of these. */
  streamsUp = 0;
  streamsDown = 0;
  duplexes = 0;
  itemsUp = 0;
  itemsDown = 0;
  bytesUp = 0;
  /** Queries for bytes, and how many they took along. */
  byteCalls = 0;
  bytesEchoed = 0;
  /** Mutations that had the server call the client. */
  asks = 0;
  /** Streams whose source failed, and whose other end was told. */
  failedOnPurpose = 0;
  /** Streams of results that failed because a session was lost. */
  cutShort = 0;
  /** Streams that looked complete and were not. */
  truncated = 0;
  /** Answers that are not the answer to what was asked, and items that are not what they say. */
  forged = 0;
  repeated = 0;
  reordered = 0;
  /** Items that never came and of which nobody was told. */
  skipped = 0;
  gapsAnnounced = 0;
  gapsSilent = 0;
  /** Rejected, or ended early, though no session was lost. */
  lost = 0;
  unknownQueries = 0;
  unknownMutations = 0;
  notRun = 0;
  timeouts = 0;
  unsettledCalls = 0;
  unsettledStreams = 0;
  /** Sources of streams that nobody closed. */
  unsettledSources = 0;
  uncaught = 0;
  /** Calls that waited longer than Hawser's default timeout. */
  slow = 0;
  /** The longest that a call waited for its answer, in ms. */
  slowestMs = 0;
  /** Sessions that were lost, by the reason that was given. @type {Record<string, number>} */
  sessionsLost = {};
  /** Rejected calls by what they said. @type {Record<string, number>} */
  rejections = {};
  /** @type {Incident[]} */
  examples = [];
  /** @type {Incident | undefined} */
  slowest;
  /** What was noted of each client, the newest last. @type {Map<number, Moment[]>} */
  #notes = new Map();

  /**
   * What a client's connection says of itself.
   * @param {number} client
   * @param {string} what
   */
  note(client, what) {
    const notes = this.#notes.get(client) ?? [];
    this.#notes.set(client, notes);
    notes.push({ at: Date.now(), what });
    if (notes.length > maxNotes) notes.shift();
  }

  /**
   * @param {number} client
   * @param {string} kind
   * @param {string} what
   */
  example(client, kind, what) {
    const known = this.examples.filter((example) => example.kind === kind).length;
    if (known < maxExamples) this.examples.push(this.#incident(client, kind, what));
  }

  /**
   * A call was settled after so many ms.
   * @param {number} client
   * @param {string} name
   * @param {number} ms
   */
  waited(client, name, ms) {
    if (ms > longMs) this.slow++;
    if (ms <= this.slowestMs) return;
    this.slowestMs = ms;
    this.slowest = this.#incident(client, 'slowest', `${name} took ${(ms / 1000).toFixed(1)} s`);
  }

  /**
   * @param {number} client
   * @param {string} kind
   * @param {string} what
   * @returns {Incident}
   */
  #incident(client, kind, what) {
    return { at: Date.now(), client, kind, what, notes: [...(this.#notes.get(client) ?? [])] };
  }
}
