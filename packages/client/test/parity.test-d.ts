import type { Client } from '@hawser/client';
import type { TRPCClient } from '@trpc/client';
import { expectTypeOf, test } from 'vitest';
import type { Formatted, Plain, Rich } from './routers.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** What a caller can know of a procedure, of each procedure of a client. */
type Facts<T> = T extends { query: (input: infer Input, ...rest: never[]) => infer Answer }
  ? Fact<'query', Input, Answer>
  : T extends { mutate: (input: infer Input, ...rest: never[]) => infer Answer }
    ? Fact<'mutation', Input, Answer>
    : T extends { subscribe: infer Subscribe }
      ? Fact<'subscription', InputOf<Subscribe>, StreamOf<Subscribe>>
      : { [Name in keyof T as Name extends symbol ? never : Name]: Facts<T[Name]> };

interface Fact<Type extends string, Input, Answer> {
  readonly type: Type;
  readonly input: Input;
  readonly answer: Answer;
}

type InputOf<Subscribe> = Subscribe extends (input: infer Input, ...rest: never[]) => unknown ? Input : never;

/** Of two overloads, in either order: the item of the iterable one, the callbacks of the other. */
type StreamOf<Subscribe> = Subscribe extends {
  (...first: infer First): infer FirstResult;
  (...second: infer Second): infer SecondResult;
}
  ? FirstResult extends AsyncIterable<infer Item>
    ? [Item, ...CallbackFacts<SecondOf<Second>>]
    : SecondResult extends AsyncIterable<infer Item>
      ? [Item, ...CallbackFacts<SecondOf<First>>]
      : 'no iterable'
  : 'not overloaded';

type SecondOf<Args> = Args extends [unknown, (infer Options)?] ? Options : never;

type CallbackFacts<Options> = [
  data: Told<Options, 'onData'>,
  error: Told<Options, 'onError'> extends { shape: infer Shape; data: infer Data }
    ? [Shape, Data]
    : 'no error',
];

type Told<Options, Name extends string> = Options extends { readonly [Key in Name]?: infer Callback }
  ? NonNullable<Callback> extends (value: infer Value) => unknown
    ? Value
    : 'no callback'
  : 'no option';

/** The paths of the procedures whose facts differ, or that are missing. */
type Differences<Theirs, Ours, Path extends string = ''> = {
  [Name in keyof Theirs & string]: Name extends keyof Ours
    ? Equal<Theirs[Name], Ours[Name]> extends true
      ? never
      : Theirs[Name] extends Fact<string, unknown, unknown>
        ? `${Path}${Name}`
        : Differences<Theirs[Name], Ours[Name], `${Path}${Name}.`>
    : `${Path}${Name} is missing`;
}[keyof Theirs & string];

type Between<A, B> = Differences<Facts<A>, Facts<B>> | Differences<Facts<B>, Facts<A>>;

/** What this client carries and JSON over HTTP does not; streams.test-d.ts says what they are here. */
type Streams = 'outputs.streamed' | 'outputs.streamedBack';

test('all but bytes and streams is as in tRPC’s own client, without a transformer', () => {
  expectTypeOf<Between<TRPCClient<Plain>, Client<Plain>>>().toEqualTypeOf<'outputs.bytes' | Streams>();
});

test('all but streams is as in tRPC’s own client, with a transformer', () => {
  expectTypeOf<Between<TRPCClient<Rich>, Client<Rich>>>().toEqualTypeOf<Streams>();
});

test('inputs, outputs and errors are those of tRPC’s own client, with an error formatter', () => {
  expectTypeOf<Between<TRPCClient<Formatted>, Client<Formatted>>>().toEqualTypeOf<never>();
});

test('the comparison sees what a transformer changes, and only that', () => {
  type Changed = Differences<Facts<TRPCClient<Plain>>, Facts<Client<Rich>>>;
  expectTypeOf<
    'outputs.date' | 'outputs.deep' | 'ticks' | 'log' | 'observed' | 'lazily.hello'
  >().toExtend<Changed>();
  type Same = 'if' | 'bare' | 'inputs.required' | 'nested.deep.union' | 'inputs.optional';
  expectTypeOf<Extract<Changed, Same>>().toEqualTypeOf<never>();
});

test('the comparison sees what an error formatter changes, and what is missing', () => {
  type Changed = Differences<Facts<TRPCClient<Plain>>, Facts<Client<Formatted>>>;
  expectTypeOf<'if' | 'bare' | 'ticks is missing' | 'lazily is missing'>().toExtend<Changed>();
});
