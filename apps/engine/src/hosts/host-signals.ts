import type { DomainNotice } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { EventEmitter } from 'node:events';

interface Signals {
  /** Something happened to a domain on the host of this name. */
  domain: [hostName: string, notice: DomainNotice];
  /** The host can be asked again: it joined, was restarted or came back. */
  present: [hostId: string, how: 'joined' | 'restarted' | 'back'];
  /** An operator has said that the host is off, and what ran there with it. */
  fenced: [hostId: string];
}

/** What this process has just heard from hosts, for those who then look. A signal may be lost: who listens looks on a timer as well. */
@Injectable()
export class HostSignals extends EventEmitter<Signals> {}
