import { WebSocket } from 'ws';
import { bytesFrame, inParts } from './binary.ts';
import { type DataFrame, readDataFrame } from './data-frame.ts';
import {
  type CallName,
  dataOf,
  errorCode,
  type Frame,
  type Hello,
  hello,
  isCall,
  isControl,
  isFinal,
  isMessage,
  isObject,
  type Json,
  Kind,
  type Message,
  messagesOf,
  parseFrame,
} from './frames.ts';
import { MessageLog } from './message-log.ts';
import { Monitor } from './monitor.ts';
import { closeCode, defaultLimit, endsSession } from './tables.ts';
import { Transfers } from './transfers.ts';
import { parseWelcome, type Welcome } from './welcome.ts';

export interface Close {
  readonly code: number;
  readonly reason: string;
}

export interface Call {
  readonly id: number;
  /** Waits for the one final message. */
  readonly final: () => Promise<Message>;
}

/** Whether a session has ended; `none` if there never was one for that socket. */
export type Fate = 'none' | 'over' | 'unknown';

/**
 * A scripted peer over one raw socket. It keeps a log of all that arrived, which tests read and await;
 * it answers pings, counts and acknowledges data frames, and lets a {@link Monitor} judge everything that the
 * server sends.
 */
export class RawClient {
  readonly url: string;
  readonly frames: Frame[] = [];
  /** The data frames among them, binary ones too. */
  readonly data: DataFrame[] = [];
  readonly monitor = new Monitor();
  /** Data frames so far, of each direction. A resume starts with those of the session. */
  sent = 0;
  received = 0;
  /** Frames of this client that the server said to have handed on. */
  acknowledged = 0;
  /** What came after this frame is kept secret from the server, whatever it asks: it has to keep it. */
  acknowledgesUpTo = Number.POSITIVE_INFINITY;
  /** Off: pings are only logged. */
  answersPings = true;
  closed: Close | undefined;
  readonly #socket: WebSocket;
  readonly #deadline: number;
  readonly #log = new MessageLog();
  readonly #waiting = new Set<() => void>();
  /** All data frames of the session: the first has number 1. */
  #kept: (string | Uint8Array)[] = [];
  /** What this client sends in parts. */
  #transfers = new Transfers();
  #hello: Hello | undefined;
  #pongs = 0;
  #lastId = 0;
  #lastStream = 0;
  #lastTransfer = 0;
  #welcomed = false;
  #refused = false;
  #closing = false;
  #saidBye = false;
  #silent = false;
  /** Either end has said `bye`, or the server `gone`. */
  #over = false;

  private constructor(url: string, socket: WebSocket, deadline: number) {
    this.url = url;
    this.#socket = socket;
    this.#deadline = deadline;
    socket.on('open', () => this.#check());
    socket.on('message', (data: Buffer, isBinary) => this.#receive(isBinary ? data : data.toString()));
    socket.on('close', (code, reason) => this.#end({ code, reason: reason.toString() }));
    // 'close' follows and is what the tests look at.
    socket.on('error', () => {});
  }

  /** Opens a socket. Every wait of this client fails at `deadline`, a time of `performance.now()`. */
  static async dial(url: string, deadline: number, headers: Record<string, string> = {}): Promise<RawClient> {
    const socket = new WebSocket(url, ['hawser.1'], { headers, perMessageDeflate: false });
    const client = new RawClient(url, socket, deadline);
    await client.when('the socket to open', () => socket.readyState === WebSocket.OPEN || undefined);
    return client;
  }

  /** Goes on with the session of a socket that is gone, of which only so many frames arrived. */
  takeOver(old: RawClient, received = old.claims): void {
    this.sent = old.sent;
    this.received = received;
    this.#kept = [...old.#kept];
    this.#transfers = old.#transfers;
    this.#lastId = old.#lastId;
    this.#lastStream = old.#lastStream;
    this.#lastTransfer = old.#lastTransfer;
    this.monitor.takeOver(old.monitor, received);
  }

  /** Asks for the session of another socket, as the client that had it would, and sends again what got lost. */
  async resume(old: RawClient, overrides: { [key: string]: Json | undefined } = {}): Promise<Welcome> {
    old.silence();
    this.askFor(old, overrides);
    await this.welcomed();
    this.sendAgain();
    return this.welcome;
  }

  /** The `hello` of {@link resume}. */
  askFor(old: RawClient, overrides: { [key: string]: Json | undefined } = {}): void {
    const { received } = overrides;
    this.takeOver(old, typeof received === 'number' ? received : undefined);
    const { secret, dial, params } = old.hello;
    const counts = { sent: this.sent, received: this.received };
    const server = old.frames[0]?.[0] === 'welcome' ? old.welcome.server : old.hello['server'];
    this.send(
      hello({ mode: 'resume', secret, dial: Number(dial) + 1, ...counts, params, server, ...overrides }),
    );
  }

  /** Ignores whatever still comes, except that the socket closes. */
  silence(): void {
    this.#silent = true;
  }

  /** Sends the frames of the session that the server has not counted. */
  sendAgain(): void {
    const total = this.#kept.length;
    while (this.sent < total) {
      const frame = this.#kept[this.sent] ?? '';
      if (typeof frame === 'string') this.sendText(frame);
      else this.sendBinary(frame);
    }
  }

  /** Counts a frame that its socket loses. */
  lose(frame: Frame | Uint8Array): void {
    if (frame instanceof Uint8Array) this.#count(frame);
    else this.#account(JSON.stringify(frame));
  }

  /** The last `hello` that this client sent. */
  get hello(): Hello {
    if (!this.#hello) throw new Error('no hello was sent');
    return this.#hello;
  }

  /** Frames that the server may know to have arrived. */
  get claims(): number {
    return Math.min(this.received, this.acknowledgesUpTo);
  }

  /** Tells the server that so many frames arrived, and nothing of later ones. */
  acknowledge(received: number): void {
    this.acknowledgesUpTo = received;
    this.send(['ack', this.sent, this.claims]);
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  /** Sends one frame. A data frame is counted. */
  send(frame: Frame): void {
    this.sendText(JSON.stringify(frame));
  }

  /** Sends `text` as it is. It is counted if it is a data frame. */
  sendText(text: string): void {
    this.#account(text);
    this.#socket.send(text);
  }

  /** Sends one text message in several WebSocket fragments. */
  sendFragments(fragments: readonly string[]): void {
    this.#account(fragments.join(''));
    fragments.forEach((fragment, index) => {
      this.#socket.send(fragment, { fin: index === fragments.length - 1 });
    });
  }

  /** Sends `bytes` as a text message, valid UTF-8 or not. */
  sendRawText(bytes: Uint8Array): void {
    this.#socket.send(bytes, { binary: false });
  }

  /** Sends a binary message, right or not. It is counted. */
  sendBinary(bytes: Uint8Array): void {
    this.#count(bytes);
    this.#socket.send(bytes, { binary: true });
  }

  /** Sends a data frame with bytes. */
  sendBytes(frame: Frame, ...sections: readonly Uint8Array[]): void {
    this.sendBinary(bytesFrame(frame, ...sections));
  }

  /** Sends one message in parts of `bytes` bytes, a transfer of its own. */
  sendParts(message: Json, bytes: number, ...sections: readonly Uint8Array[]): void {
    for (const part of inParts(this.nextTransfer(), message, bytes, ...sections)) this.sendBinary(part);
  }

  /** Reserves the next id. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Reserves the next id of a stream that this client sends. */
  nextStream(): number {
    return --this.#lastStream;
  }

  nextTransfer(): number {
    return ++this.#lastTransfer;
  }

  /** Makes one call in a frame of its own. */
  call(name: CallName, path: string, input?: Json, options?: { [key: string]: Json }): Call {
    const id = this.nextId();
    const message: Message = [Kind[name], id, path];
    if (options) message.push(input ?? null, options);
    else if (input !== undefined) message.push(input);
    this.send([message]);
    return { id, final: () => this.final(id) };
  }

  /** Makes one call and gives its data. Fails if the answer is an error. */
  async ask(name: 'query' | 'mutation', path: string, input?: Json): Promise<Json | undefined> {
    const answer = await this.call(name, path, input).final();
    if (answer[0] !== Kind.result) throw new Error(`${path} answered ${JSON.stringify(answer)}`);
    return dataOf(answer);
  }

  /** Makes one call and gives the code of the error that answers it. */
  async refusal(name: CallName, path: string, input?: Json): Promise<string> {
    return errorCode(await this.call(name, path, input).final());
  }

  /** Sends a `hello` and waits for `welcome`. */
  async open(overrides: { [key: string]: Json | undefined } = {}): Promise<Welcome> {
    this.send(hello(overrides));
    return this.welcomed();
  }

  async welcomed(): Promise<Welcome> {
    await this.control('welcome');
    return this.welcome;
  }

  /** The `welcome` of this socket. */
  get welcome(): Welcome {
    return parseWelcome(this.frames.find(([name]) => name === 'welcome')?.[1]);
  }

  /** An announced limit, or the default of table 12.3. */
  limit(name: string): number {
    return this.welcome.limits[name] ?? defaultLimit(name);
  }

  /** Waits for the first control frame with this name. */
  control(name: string): Promise<Frame> {
    return this.when(`"${name}"`, () => this.frames.find((frame) => frame[0] === name));
  }

  /** All messages of the server, so far. */
  get messages(): readonly Message[] {
    return this.#log.all;
  }

  /** What came for a call of this client, or of a stream that the server sends, so far. */
  of(id: number): readonly Message[] {
    return this.#log.answers(id);
  }

  /** The cancels and credit, so far, for a stream that this client sends, or a call that the server made. */
  demands(id: number): readonly Message[] {
    return this.#log.demands(id).filter((message) => !isCall(message));
  }

  /** The byte sections of a message of the server. */
  sections(message: Message): readonly Uint8Array[] {
    return this.#log.sections(message);
  }

  /** The final messages of this client's calls, so far. */
  finals(): Message[] {
    return this.#log.finals();
  }

  /** Waits until the server cancels a stream that this client sends, or a call that it made itself. */
  cancelled(id: number): Promise<Message> {
    return this.when(`the cancel of ${id}`, () => this.demands(id).find(([kind]) => kind === Kind.cancel));
  }

  /** Waits until the server says that so many items of a stream were consumed. */
  credited(id: number, consumed: number): Promise<Message> {
    return this.when(`credit for ${consumed} items of ${id}`, () =>
      this.demands(id).find((message) => message[0] === Kind.credit && Number(message[2]) >= consumed),
    );
  }

  /** Waits for a call that the server makes: the `number`th, from 1. */
  called(number = 1): Promise<Message> {
    return this.when(`call ${number} of the server`, () => this.messages.filter(isCall)[number - 1]);
  }

  final(id: number): Promise<Message> {
    return this.when(`the final message of call ${id}`, () => this.of(id).find(isFinal));
  }

  itemsOf(id: number): Message[] {
    return this.of(id).filter(([kind]) => kind === Kind.item);
  }

  /** Waits until at least `count` items of a stream arrived and gives all that did. */
  items(id: number, count: number): Promise<Message[]> {
    return this.when(`${count} items of call ${id}`, () => {
      const items = this.itemsOf(id);
      return items.length >= count ? items : undefined;
    });
  }

  /** A round trip through the server's socket: what it had sent before is here when this resolves. */
  async ping(): Promise<void> {
    const pongs = this.#pongs;
    this.send(['ping', this.sent, this.claims]);
    await this.when('"pong"', () => this.#pongs > pongs || undefined);
  }

  /**
   * Several round trips through the whole server, each with a call. Nothing tells from outside that a server
   * will not send something; what it has not sent by then it is taken not to send.
   */
  async settle(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      await this.ask('query', 'greet', { name: 'settle' });
      await this.ping();
    }
  }

  /** Waits until the socket is closed, by whichever end. */
  whenClosed(): Promise<Close> {
    return this.when('the socket to close', () => this.closed);
  }

  /** Ends the session, if it could have begun, and closes the socket. */
  async leave(): Promise<void> {
    if (!this.closed && !this.#closing) {
      this.read();
      if (this.#hello && !this.#saidBye) this.send(['bye', 'closed']);
      this.close(closeCode('closed'), 'closed');
    }
    await this.whenClosed();
  }

  /** Closes with a closing handshake. */
  close(code?: number, reason?: string): void {
    this.#closing = true;
    this.#socket.close(code, reason);
  }

  /** Cuts the socket without a closing handshake. */
  drop(): void {
    this.#closing = true;
    this.#socket.terminate();
  }

  /** Takes nothing more from the socket, until {@link read}. */
  stopReading(): void {
    this.#socket.pause();
  }

  read(): void {
    this.#socket.resume();
  }

  /** What this socket knows of the session that it asked for. */
  get fate(): Fate {
    if (!this.#hello) return 'none';
    if (this.#over) return 'over';
    return this.#refused && !this.#welcomed ? 'none' : 'unknown';
  }

  /**
   * Waits until `look` gives something. It looks after each event of the socket, and fails when the socket
   * closes without it, or at the deadline.
   */
  when<T>(what: string, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        finish();
      };
      const fail = (why: string): void =>
        settle(() => reject(new Error(`${why} while waiting for ${what}; ${this.#summary()}`)));
      const check = (): void => {
        const found = look();
        if (found !== undefined) settle(() => resolve(found));
        else if (this.closed) fail('closed');
      };
      const timer = setTimeout(() => fail('out of time'), Math.max(0, this.#deadline - performance.now()));
      this.#waiting.add(check);
      check();
    });
  }

  #account(text: string): void {
    const frame = parseFrame(text);
    if (frame?.[0] === 'hello') this.#greet(frame);
    if (frame?.[0] === 'bye') {
      this.#saidBye = true;
      this.#over ||= this.#welcomed;
    }
    if (frame && !isControl(frame)) this.#count(text);
  }

  #count(data: string | Uint8Array): void {
    const again = this.#kept[this.sent] === data;
    this.#kept[this.sent] = data;
    this.sent++;
    if (again) return;
    for (const message of this.#completed(data)) {
      if (!isMessage(message)) continue;
      if (isCall(message)) this.#lastId = Math.max(this.#lastId, message[1]);
      this.monitor.outbound(message);
    }
  }

  /** The messages that are complete with a frame of this client. */
  #completed(data: string | Uint8Array): Json[] {
    const read = readDataFrame(data);
    if (!read?.part) return messagesOf(read?.frame ?? []);
    const { whole } = this.#transfers.take(read.part);
    return parseFrame(`[${whole?.json ?? ''}]`) ?? [];
  }

  #greet(frame: Frame): void {
    if (!isObject(frame[1])) return;
    this.#hello = frame[1];
    this.#over = false;
    this.monitor.hello(frame[1]);
  }

  #receive(data: string | Uint8Array): void {
    if (this.#silent) return;
    this.monitor.arrived(data);
    const frame = typeof data === 'string' ? parseFrame(data) : undefined;
    const read = frame && isControl(frame) ? undefined : readDataFrame(data);
    if (frame && isControl(frame)) this.#control(frame);
    else if (read) this.#data(read);
    else this.monitor.note(`no frame: ${data.slice(0, 200)}`);
    this.#check();
  }

  #data(read: DataFrame): void {
    this.received++;
    this.#acknowledge(read.frame[0]);
    const carried = this.monitor.data(read, this.sent, this.received);
    this.frames.push(read.frame);
    this.data.push(read);
    for (const { message, sections } of carried) this.#log.add(message, sections);
    // A server that keeps frames stops when nobody acknowledges them.
    if (this.monitor.window > 0 && this.received === this.claims)
      this.send(['ack', this.sent, this.received]);
  }

  #acknowledge(count: Json | undefined): void {
    if (typeof count === 'number') this.acknowledged = Math.max(this.acknowledged, count);
  }

  #control(frame: Frame): void {
    const [name, body] = frame;
    this.monitor.control(frame, this.sent, this.received);
    if (name === 'welcome') {
      this.#welcomed = true;
      // Of what a resumed session has sent, this socket has carried nothing yet.
      if (isObject(body) && body['resumed'] === true) this.sent = Number(body['received']);
    }
    if (name === 'bye' || (name === 'gone' && body === 'refused')) this.#refused = true;
    else if (name === 'gone') this.#over = true;
    if (name === 'bye' && this.#welcomed && endsSession(String(body))) this.#over = true;
    if (name === 'ack' || name === 'ping' || name === 'pong') this.#acknowledge(frame[2]);
    if (name === 'pong') this.#pongs++;
    if (name === 'ping' && this.answersPings) this.send(['pong', this.sent, this.claims]);
    else this.frames.push(frame);
  }

  #end(close: Close): void {
    this.closed = close;
    this.monitor.closed(close.code, close.reason, this.#closing || this.#saidBye);
    this.#check();
  }

  #check(): void {
    for (const check of [...this.#waiting]) check();
  }

  #summary(): string {
    const last = this.frames.slice(-3).map((frame) => JSON.stringify(frame).slice(0, 200));
    const close = this.closed ? `closed ${this.closed.code} "${this.closed.reason}"` : 'open';
    return `socket ${close}; ${this.frames.length} frames, the last: ${last.join(' ')}`;
  }
}
