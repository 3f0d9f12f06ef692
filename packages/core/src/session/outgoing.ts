/**
 * In the order of sending: answers, credits and cancels; then calls; then stream items and what must follow
 * them.
 */
export type LaneName = 'reply' | 'call' | 'stream';

/** Characters and bytes beyond which a message travels in parts. */
export const wholeLength = 65_536;

const none: readonly Uint8Array[] = [];

/** A message whose sender wants to know whether it left, or may want it back, or that has byte sections. */
export class Outgoing {
  /** Its JSON; empty once it has left, or was taken back. */
  text: string;
  readonly sections: readonly Uint8Array[];
  /** It is `framed` when all of it is in frames: until then the other end cannot carry it out. */
  state: 'waiting' | 'framed' | 'withdrawn' = 'waiting';
  /** How many parts of it have left. */
  parts = 0;
  /** Told in the turn in which it was framed. */
  left: (() => void) | undefined;
  /** Characters of the text and bytes of the sections. */
  readonly length: number;

  constructor(text: string, sections: readonly Uint8Array[] = none) {
    this.text = text;
    this.sections = sections;
    let length = text.length;
    for (let i = 0; i < sections.length; i++) length += (sections[i] as Uint8Array).length;
    this.length = length;
  }

  get inParts(): boolean {
    return this.length > wholeLength;
  }

  /** All of it is in frames. */
  frame(): void {
    this.text = '';
    this.state = 'framed';
  }

  /** Lets go of what was to be sent. */
  withdraw(): void {
    this.text = '';
    this.state = 'withdrawn';
  }
}
