import { AgentError, type CommandRequest } from '@clinker/agent-protocol';
import { LibvirtError } from '@clinker/libvirt';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { create } from 'xmlbuilder2';
import { AgentContext } from '../agent.context';
import { guestKey } from '../vms/guest-freeze.service';
import { Hypervisor } from '../vms/hypervisor';
import { KeyedQueue } from '../vms/keyed.queue';
import { MemoryFiles } from './memory.files';

type Request = CommandRequest<'ensure-memory-saved'>;

/** The memory of a guest in a file. */
interface Saved {
  readonly vmId: string;
  /** The hold on the guest under which it was written. */
  readonly hold: symbol | undefined;
  /** True when the guest has ended as it was saved. */
  ended: boolean;
  /** Undefined while it is being written. */
  bytes: number | undefined;
}

/**
 * Writes the memory of guests that are paused by us into files. Nobody resumes the guest while that is done: what comes to resume it waits in the
 * same line, so what is in the file fits what its disks were when it was paused.
 */
@Injectable()
export class MemorySaveService implements OnApplicationBootstrap {
  /** By operation. */
  private readonly saved = new Map<string, Saved>();

  constructor(
    private readonly context: AgentContext,
    private readonly hypervisor: Hypervisor,
    private readonly queue: KeyedQueue,
    private readonly files: MemoryFiles,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.files.clear();
  }

  /** @returns the bytes of the file @throws AgentError `guest_not_paused`, `not_enough_space`; LibvirtError */
  save(request: Request): Promise<number> {
    return this.queue.run([guestKey(request.vmId)], async () => {
      const bytes = this.saved.get(request.operationId)?.bytes ?? (await this.write(request));
      if (bytes <= request.maxBytes) return bytes;
      await this.forget(request.operationId);
      throw new AgentError('not_enough_space', `the memory has ${bytes} bytes, and there is room for ${request.maxBytes}`);
    });
  }

  /** The path of the file. @throws AgentError `file_not_found` if the agent has lost it */
  pathOf(operationId: string): string {
    if (this.saved.get(operationId)?.bytes !== undefined) return this.files.path(operationId);
    throw new AgentError('file_not_found', 'the memory is not on this host any more: the agent was restarted');
  }

  /**
   * Ends a guest whose memory was saved and that has stood still since, so that it can go on from there elsewhere.
   * @param end ends its domain
   * @throws AgentError `guest_not_paused` if the guest may have gone on, LibvirtError
   */
  end({ operationId, vmId }: CommandRequest<'ensure-saved-domain-gone'>, end: () => Promise<void>): Promise<void> {
    return this.queue.run([guestKey(vmId)], async () => {
      const saved = this.saved.get(operationId);
      if (saved?.ended) return;
      if (saved?.bytes === undefined || !(await this.hasStoodStill(saved)))
        throw new AgentError('guest_not_paused', 'the guest has gone on since its memory was saved');
      await end();
      saved.ended = true;
      await this.hypervisor.forgetHold(vmId);
    });
  }

  /** Ends the writing, if it goes on, and removes the file. */
  async remove(operationId: string): Promise<void> {
    const saved = this.saved.get(operationId);
    if (saved && saved.bytes === undefined) await this.hypervisor.abortSave(saved.vmId);
    if (saved) await this.queue.run([guestKey(saved.vmId)], () => this.forget(operationId));
  }

  /** Neither let go by us, nor by somebody on this host. */
  private async hasStoodStill({ vmId, hold }: Saved): Promise<boolean> {
    if (hold === undefined || hold !== this.hypervisor.holdOf(vmId)) return false;
    return (await this.hypervisor.report(vmId)).state !== 'running';
  }

  private async write({ operationId, vmId, maxBytes }: Request): Promise<number> {
    if (!this.hypervisor.isHeld(vmId)) throw new AgentError('guest_not_paused', 'the guest has gone on since it was paused, or has ended');
    const path = await this.files.create(operationId, maxBytes);
    const saved: Saved = { vmId, hold: this.hypervisor.holdOf(vmId), ended: false, bytes: undefined };
    this.saved.set(operationId, saved);
    try {
      await this.hypervisor.saveMemory(vmId, await this.snapshotXml(vmId, path));
      saved.bytes = await this.files.size(operationId);
      this.context.logger.info({ vmId, bytes: saved.bytes }, 'The memory of a guest was saved');
      return saved.bytes;
    } catch (error) {
      if (!LibvirtError.is(error)) await this.hypervisor.abortSave(vmId);
      await this.forget(operationId);
      throw error;
    }
  }

  /** The memory alone: the disks have their snapshots in Cinder. */
  private async snapshotXml(vmId: string, file: string): Promise<string> {
    const domain = await this.hypervisor.find(vmId);
    if (!domain) throw new AgentError('domain_not_found', 'the VM has ended');
    const root = create().ele('domainsnapshot');
    root.ele('memory', { snapshot: 'external', file });
    const disks = root.ele('disks');
    for (const { target } of domain.disks) disks.ele('disk', { name: target, snapshot: 'no' });
    return root.end({ headless: true });
  }

  private async forget(operationId: string): Promise<void> {
    this.saved.delete(operationId);
    await this.files.remove(operationId);
  }
}
