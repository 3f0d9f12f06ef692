/** What the hooks need of the page that they live in. */
export interface Page {
  /** Whether nobody can see it: then there are no frames. */
  readonly hidden: boolean;
  /** Monotonic, in ms. */
  now(): number;
  /**
   * Calls before the next frame is painted. All that wait for one frame are called in one task, so that they cost
   * one render. While the page is hidden they wait.
   */
  nextFrame(callback: () => void): void;
  /** Calls when others had their turn, also while the page is hidden. */
  nextTurn(callback: () => void): void;
  /** Calls once in so many ms, unless the returned function is called before. */
  after(ms: number, callback: () => void): () => void;
  /** Calls when `hidden` has changed, until the returned function is called. */
  watch(listener: () => void): () => void;
}
