/** An event of a channel, as it arrives: its id is where the next session would go on. */
export interface Tracked<Event> {
  readonly id: string;
  readonly data: Event;
}
