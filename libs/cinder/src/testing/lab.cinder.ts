import { randomUUID } from 'node:crypto';
import type { CinderAccount } from '../cinder.account';
import { CinderClient } from '../cinder.client';
import type { Volume } from '../cinder.schemas';
import { VolumeWatcher } from '../volume.watcher';

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: start the lab and eval "$(npm run -s lab -- env)"`);
  return value;
}

/** The engine's account in the lab. */
export function labAccount(changes: Partial<CinderAccount> = {}): CinderAccount {
  return {
    authenticationUrl: variable('OS_AUTH_URL'),
    username: variable('LAB_CINDER_USER'),
    password: variable('LAB_CINDER_PASSWORD'),
    projectName: variable('LAB_CINDER_PROJECT'),
    ...changes,
  };
}

/** An account of the same project that lacks the role `service`. */
export function accountWithoutServiceRole(): CinderAccount {
  return labAccount({ username: variable('LAB_NOSERVICE_USER'), password: variable('LAB_NOSERVICE_PASSWORD') });
}

/** Scheme, host and port of the lab's Cinder. */
export function cinderOrigin(): string {
  return new URL(variable('CINDER_URL')).origin;
}

export function keystoneOrigin(): string {
  return new URL(variable('OS_AUTH_URL')).origin;
}

/** What a host would send, for a host that does not exist. */
export const connector = {
  host: 'clinker-test',
  ip: '127.0.0.1',
  initiator: 'iqn.1994-05.org.clinker:test',
  multipath: false,
  platform: 'x86_64',
  os_type: 'linux',
};

/** A test's own volumes: marked, so that they are found again, and all removed at its end. */
export class LabVolumes {
  readonly mark = randomUUID();
  readonly client: CinderClient;
  readonly watcher: VolumeWatcher;

  constructor(account: CinderAccount = labAccount()) {
    this.client = new CinderClient(account);
    this.watcher = new VolumeWatcher(this.client);
  }

  get metadata(): Record<string, string> {
    return { clinker_test: this.mark };
  }

  async create(name = `test-${this.mark}`): Promise<Volume> {
    const volume = await this.client.createVolume({ name, sizeGiB: 1, metadata: this.metadata });
    return this.until(volume.id, 'available');
  }

  /** Waits for a status; `gone` for none. Fails at once on an error status. */
  until(id: string, status: string): Promise<Volume> {
    return new Promise((resolve, reject) => {
      const stop = this.watcher.watch(id, (volume) => {
        const seen = volume?.status ?? 'gone';
        if (seen !== status && !seen.startsWith('error') && seen !== 'gone') return;
        stop();
        if (seen === status) resolve(volume as Volume);
        else reject(new Error(`volume ${id} is ${seen}, not ${status}`));
      });
    });
  }

  async remove(id: string): Promise<void> {
    await this.client.deleteVolume(id);
    await this.until(id, 'gone');
  }

  /** Removes all that carries the mark. */
  async close(): Promise<void> {
    const volumes = await this.client.findVolumes({ metadata: this.metadata });
    await Promise.all(volumes.map((volume) => this.#clear(volume.id)));
    this.watcher.close();
    await this.client.close();
  }

  async #clear(id: string): Promise<void> {
    const attachments = await this.client.attachments({ volumeId: id });
    for (const attachment of attachments) await this.client.deleteAttachment(attachment.id);
    await this.remove(id);
  }
}
