const MEBIBYTE = 2 ** 20;

/** A page hashes in one piece, and has to hold the file for it: the server, which hashes a stream, does not. */
const LARGEST = 256 * MEBIBYTE;

/** In hexadecimal, or why there is none. */
export type OwnDigest =
  | 'pending'
  | 'too large'
  | 'insecure page'
  | 'unreadable'
  | { readonly sha256: string };

export async function ownDigest(file: File): Promise<OwnDigest> {
  // Absent where the page is neither https nor localhost, as on a phone in the same net.
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  if (subtle === undefined) return 'insecure page';
  if (file.size > LARGEST) return 'too large';
  try {
    const digest = await subtle.digest('SHA-256', await file.arrayBuffer());
    return { sha256: [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('') };
  } catch {
    return 'unreadable';
  }
}
