import { messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { brokenUniqueConstraint, isForeignKeyViolation } from '../database/constraint.violation';
import { SecretBox } from '../encryption/secret-box';
import { ConflictError, InvalidInputError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import type { EventKind } from '../events/event.kinds';
import { AuthenticationKey } from './authentication-key.entity';
import type { ChangedAuthenticationKey, NewAuthenticationKey } from './authentication-key.input';
import { keyPlace } from './authentication-key.place';
import { HostSecretsService } from './host-secrets.service';
import { VolumeProvider } from './volume-provider.entity';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** libvirt's own limit (bytes) of a secret's value. */
const MAX_VALUE = 65_536;

const key = { type: 'Authentication Key' } as const;

function checkedUuid(text: string, action: string): string {
  const uuid = text.trim().toLowerCase();
  if (uuid === '') throw new InvalidInputError(renderMessage(messages.LIBVIRT_SECRET_UUID_CANNOT_BE_EMPTY, { action, ...key }));
  if (!UUID.test(uuid)) throw new InvalidInputError(`Cannot ${action} Authentication Key. Authentication Key UUID is not a UUID.`);
  return uuid;
}

/** Names no part of the value: it is a secret. */
function checkedValue(text: string, action: string): string {
  const value = text.trim();
  if (value === '') throw new InvalidInputError(renderMessage(messages.LIBVIRT_SECRET_VALUE_CANNOT_BE_EMPTY, { action, ...key }));
  const fits = value.length <= MAX_VALUE && BASE64.test(value);
  if (!fits) throw new InvalidInputError(renderMessage(messages.LIBVIRT_SECRET_VALUE_ILLEGAL_FORMAT, { action, ...key }));
  return value;
}

function failed(error: unknown, providerId: string): unknown {
  if (isForeignKeyViolation(error)) return new NotFoundError('Provider', providerId);
  if (!brokenUniqueConstraint(error)) return error;
  return new ConflictError(renderMessage(messages.LIBVIRT_SECRET_UUID_ALREADY_EXISTS, { action: 'add', ...key }), { cause: error });
}

/** The keys with which hosts open a provider's volumes. A change reaches the hosts that are up before it is answered, the others later. */
@Injectable()
export class AuthenticationKeysService {
  constructor(
    private readonly db: EntityManager,
    private readonly secrets: SecretBox,
    private readonly hostSecrets: HostSecretsService,
    private readonly events: EventsService,
  ) {}

  /** @throws NotFoundError if there is no such provider */
  async list(providerId: string): Promise<AuthenticationKey[]> {
    await this.providerName(providerId);
    return this.db.find(AuthenticationKey, { where: { providerId }, order: { creationDate: 'ASC', id: 'ASC' } });
  }

  /** @throws NotFoundError */
  async get(providerId: string, id: string): Promise<AuthenticationKey> {
    const found = await this.db.findOneBy(AuthenticationKey, { id, providerId });
    if (!found) throw new NotFoundError('Authentication Key', id);
    return found;
  }

  /** @throws NotFoundError, InvalidInputError, ConflictError */
  async add(providerId: string, input: NewAuthenticationKey): Promise<AuthenticationKey> {
    const name = await this.providerName(providerId);
    const id = checkedUuid(input.uuid, 'add');
    const valueSealed = this.secrets.seal(checkedValue(input.value, 'add'), keyPlace(id));
    const row = { id, providerId, usageType: input.usage_type, description: input.description ?? '', valueSealed };
    await this.change('AUTHENTICATION_KEY_ADDED', `Authentication Key ${id} was added to Provider ${name}.`, async (tx) => {
      await tx.insert(AuthenticationKey, row);
    }).catch((error: unknown) => {
      throw failed(error, providerId);
    });
    return this.get(providerId, id);
  }

  /** The uuid stays: a key with another one is another key. @throws NotFoundError, InvalidInputError */
  async update(providerId: string, id: string, input: ChangedAuthenticationKey): Promise<AuthenticationKey> {
    const name = await this.providerName(providerId);
    const current = await this.get(providerId, id);
    if (input.uuid !== undefined && checkedUuid(input.uuid, 'edit') !== id) {
      throw new InvalidInputError('Cannot edit Authentication Key. Its UUID cannot be changed.');
    }
    const { description = current.description, value } = input;
    const sealed = value === undefined ? {} : { valueSealed: this.secrets.seal(checkedValue(value, 'edit'), keyPlace(id)) };
    await this.change('AUTHENTICATION_KEY_UPDATED', `Authentication Key ${id} of Provider ${name} was updated.`, async (tx) => {
      const { affected } = await tx.update(AuthenticationKey, { id, providerId }, { description, ...sealed });
      if (affected !== 1) throw new NotFoundError('Authentication Key', id);
    });
    return this.get(providerId, id);
  }

  /** VMs that run keep their disks: QEMU has the key already. @throws NotFoundError */
  async remove(providerId: string, id: string): Promise<void> {
    const name = await this.providerName(providerId);
    await this.change('AUTHENTICATION_KEY_REMOVED', `Authentication Key ${id} was removed from Provider ${name}.`, async (tx) => {
      const { affected } = await tx.delete(AuthenticationKey, { id, providerId });
      if (affected !== 1) throw new NotFoundError('Authentication Key', id);
    });
  }

  private async change(kind: EventKind, text: string, work: (tx: EntityManager) => Promise<void>): Promise<void> {
    await this.db.transaction(async (tx) => {
      await work(tx);
      await this.hostSecrets.bump(tx);
      await this.events.record(kind, text, {}, tx);
    });
    await this.hostSecrets.share();
  }

  private async providerName(id: string): Promise<string> {
    const provider = await this.db.findOneBy(VolumeProvider, { id });
    if (!provider) throw new NotFoundError('Provider', id);
    return provider.name;
  }
}
