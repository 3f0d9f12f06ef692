/** A frame as it came: a control frame if its first element is a string, else a data frame. */
export type RawFrame = readonly [first: unknown, ...rest: unknown[]];

/** Undefined for what is no frame at all: not JSON, not an array, or empty. */
export function parseFrame(text: string): RawFrame | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    return Array.isArray(frame) && frame.length > 0 ? (frame as unknown as RawFrame) : undefined;
  } catch {
    return undefined;
  }
}

export function isControlFrame(frame: RawFrame): frame is readonly [string, ...unknown[]] {
  return typeof frame[0] === 'string';
}

/** Bytes that a string takes in UTF-8. A lone surrogate counts three, as encoders replace it. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 2;
      i += 1;
    } else bytes += 2;
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

/** Whether a text takes at most so many bytes; exact counting is left for the narrow middle. */
export function fits(text: string, bytes: number): boolean {
  if (text.length * 3 <= bytes) return true;
  return text.length <= bytes && utf8Length(text) <= bytes;
}
