// the wire: tables

export type { BytesRow, Path, StreamRow } from './wire/attachment-rows.js';
export type { FrameData } from './wire/binary-frame.js';
export type { AfterClose, CloseCode, CloseName, GoneReason } from './wire/close-codes.js';
export { closeCodes, goneReasons } from './wire/close-codes.js';
export type { JsonObject } from './wire/control.js';
export type { FaultCode, Outcome } from './wire/fault-codes.js';
export { faultCodes } from './wire/fault-codes.js';
export type { Limits } from './wire/limits.js';
export { defaultLimits, limits } from './wire/limits.js';
export type { CallType } from './wire/message.js';
export { messageKinds } from './wire/message.js';
export { subprotocol } from './wire/subprotocol.js';

// the session: ports for adapters, and what a connection says of itself

export type { ConnectionState, ConnectionStatus } from './session/connection-status.js';
export { connectionTransitions } from './session/connection-status.js';
export type {
  Clock,
  Dial,
  DialEvents,
  Flushable,
  Random,
  Socket,
  SocketEvents,
  Timer,
  Turn,
} from './session/ports.js';
export { socketBufferBytes } from './session/ports.js';
export type { LossReason } from './session/session.js';
export { sharedFlush } from './session/shared-flush.js';

// rpc: both ends of a line

export type { Detached, Found, Section } from './rpc/attachments.js';
export { attach, detach } from './rpc/attachments.js';
export type { Caller, ConnectionOptions } from './rpc/connection.js';
export { Connection } from './rpc/connection.js';
export type {
  Attachments,
  Dispatch,
  IncomingCall,
  Reply,
  ResultReply,
  StreamDrop,
  StreamElement,
  StreamItem,
  StreamPosition,
  StreamReply,
  ValueStream,
} from './rpc/dispatch.js';
export { ServingError } from './rpc/dispatch.js';
export { HawserError, hawserErrorOf, outcomeOf } from './rpc/hawser-error.js';
export type { HostOptions, ServerSession } from './rpc/host.js';
export { Host } from './rpc/host.js';
export type { StreamReader } from './rpc/incoming-stream.js';
export { IncomingStream } from './rpc/incoming-stream.js';
export type { CallRequest, CallSink, OutgoingCall, Payload } from './rpc/outgoing-call.js';
export type { StreamEnd, StreamEntry } from './rpc/stream-intake.js';
export type { Progress } from './rpc/stream-pump.js';
export type { StreamSource } from './rpc/stream-source.js';
export { closeSources, iterate } from './rpc/stream-source.js';
export type { Gap, GapReason, SubscriptionOptions } from './rpc/subscription.js';
export { Subscription } from './rpc/subscription.js';
