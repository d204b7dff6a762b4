import type { Links, WireObject } from '@clinker/ovirt-api';
import type { Event } from './event.entity';

const reference = (links: Links, collection: string, id: string | null): WireObject | undefined =>
  id ? links.reference(collection, id) : undefined;

/** An event as oVirt shows it. */
export function eventRepresentation(event: Event, links: Links): WireObject {
  return {
    ...links.reference('events', event.id),
    description: event.description,
    code: event.code,
    correlation_id: event.correlationId ?? undefined,
    custom_id: event.customId,
    flood_rate: 30,
    index: Number(event.id),
    origin: event.origin,
    severity: event.severity,
    time: event.time,
    cluster: reference(links, 'clusters', event.clusterId),
    data_center: reference(links, 'datacenters', event.dataCenterId),
    host: reference(links, 'hosts', event.hostId),
    storage_domain: reference(links, 'storagedomains', event.storageDomainId),
    template: reference(links, 'templates', event.templateId),
    user: reference(links, 'users', event.userId),
    vm: reference(links, 'vms', event.vmId),
  };
}
