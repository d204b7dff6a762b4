import { type StatusTable, StatusMachine } from '../states/status.machine';
import { StorageDomain, type StorageDomainStatus } from './storage-domain.entity';

const TABLE = {
  unattached: { maintenance: 'attached' },
  maintenance: { activating: 'activation begins', unattached: 'detached' },
  activating: { active: 'Cinder answers', maintenance: 'activation fails', inactive: 'activation fails' },
  active: { preparing_for_maintenance: 'deactivation begins', inactive: 'Cinder has stopped answering' },
  inactive: { activating: 'activation begins', preparing_for_maintenance: 'deactivation begins', active: 'Cinder answers again' },
  preparing_for_maintenance: { maintenance: 'deactivated', active: 'deactivation fails', inactive: 'deactivation fails' },
} as const satisfies StatusTable<StorageDomainStatus>;

/** What a storage domain can be, and become. */
export const domainStatuses = new StatusMachine(
  'Storage domains',
  TABLE,
  {
    begins: { unattached: 'provider added' },
    ends: { unattached: 'removed', maintenance: 'removed', inactive: 'removed', active: 'removed by force' },
  },
  StorageDomain,
);
