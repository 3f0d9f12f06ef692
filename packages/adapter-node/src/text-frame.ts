/** First byte of a text frame that is whole. https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
const wholeText = 0x81;

/** A text frame of a server, header and payload in one buffer. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = wholeText;
  if (start === 2) frame[1] = length;
  else if (start === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  // Characters that take a byte each are copied, not encoded.
  if (length === text.length) frame.write(text, start, 'latin1');
  else frame.write(text, start, 'utf8');
  return frame;
}
