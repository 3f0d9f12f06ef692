import type { WebSocketClass } from '@hawser/client';
import { WebSocket } from 'ws';

/** What passed over the sockets of one WebSocket class, frame by frame. */
export interface Tap {
  readonly WebSocket: WebSocketClass;
  readonly sent: string[];
  readonly received: string[];
}

/** A WebSocket class whose frames can be looked at: all, or those that a test wants. */
export function tapped(wanted: (frame: string) => boolean = () => true): Tap {
  const sent: string[] = [];
  const received: string[] = [];
  class Tapped extends WebSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols);
      this.on('message', (data) => {
        if (wanted(String(data))) received.push(String(data));
      });
    }
    override send(data: string): void {
      if (wanted(data)) sent.push(data);
      super.send(data);
    }
  }
  return { WebSocket: Tapped, sent, received };
}
