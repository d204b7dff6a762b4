import { Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { ConflictError } from '../errors/domain.errors';
import type { RequestOrigin } from '../http/request-origin';
import { endOf } from '../sagas/operation.end';
import type { FenceHost } from './fence-host.saga';
import type { FenceType } from './host.input';
import { HostsService } from './hosts.service';

/** How long (ms) a request waits for the word that nobody answers for the host. */
const ANSWER_WITHIN_MS = 25_000;

/** Hosts that are lost: what an operator can do about them. */
@Injectable()
export class HostFencingService {
  constructor(
    private readonly hosts: HostsService,
    private readonly operations: Operations,
  ) {}

  /**
   * `manual`: takes the operator's word that the host is off. The others need power management, which hosts here do not have.
   * @returns the operation's id
   * @throws NotFoundError, ConflictError while the host is heard
   */
  async fence(hostId: string, type: FenceType, origin: RequestOrigin): Promise<string> {
    const { host } = await this.hosts.get(hostId);
    if (type !== 'manual') {
      const instead = 'Switch it by its own means, and confirm that it is off by the fence type manual.';
      throw new ConflictError(`Cannot ${type} Host ${host.name}. Power Management is not configured for this Host. ${instead}`);
    }
    const state: FenceHost = { hostId, hostName: host.name };
    const { id } = await this.operations.start('fence-host', state, { ...origin, subjects: [{ type: 'host', id: hostId }] });
    const end = await endOf(this.operations, id, ANSWER_WITHIN_MS);
    if (end.status === 'failed') throw new ConflictError(end.reason);
    return id;
  }
}
